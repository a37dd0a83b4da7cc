// Measures one workload on one lane: the engine alone, the shared library or the SQLite peer.
#ifndef XSELL_TESTS_TOOLS_BENCH_SCAN_H_
#define XSELL_TESTS_TOOLS_BENCH_SCAN_H_

#include <cstddef>
#include <string>

#include "tests/tools/bench/workload.h"

namespace xsell::bench {

struct ScanOptions {
  WorkloadName workload;
  std::string through = "engine";  // or so, or sqlite
  std::string module = XSELL_MODULE;
  std::size_t passes = 5;
  std::size_t baskets = 0;  // the first so many; 0: all
  bool has_paced_run = true;
  bool has_cold_caches = false;
  bool has_edits = false;
  bool has_publishing = false;
};

// One JSON object in one line. Fails: by exception.
std::string measure_scans(const ScanOptions& options);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_SCAN_H_

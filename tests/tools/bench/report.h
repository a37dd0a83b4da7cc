// Makes a table and a chart of the figures that scans left behind, one JSON object a line.
#ifndef XSELL_TESTS_TOOLS_BENCH_REPORT_H_
#define XSELL_TESTS_TOOLS_BENCH_REPORT_H_

#include <string>

namespace xsell::bench {

// Prints a table in Markdown; with svg_path also draws latency over the number of rules there.
// Throws std::runtime_error when two engines gave different answers to the same workload.
void report(const std::string& results_path, const std::string& svg_path);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_REPORT_H_

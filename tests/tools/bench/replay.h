// Replays the baskets of a workload on a lane and times every scan.
#ifndef XSELL_TESTS_TOOLS_BENCH_REPLAY_H_
#define XSELL_TESTS_TOOLS_BENCH_REPLAY_H_

#include <cstddef>

#include "tests/tools/bench/lane_under_test.h"
#include "tests/tools/bench/latencies.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {

struct ReplayOptions {
  std::size_t passes = 5;
  std::size_t evicted_bytes = 0;  // swept through before each scan, so that caches are cold
};

struct Replayed {
  Latencies scans;
  Latencies begins;
  Latencies ends;
  AnswerHash all;       // of the first pass
  AnswerHash first_50;  // baskets
};

Replayed replay(const Workload& workload, LaneUnderTest& lane, const ReplayOptions& options);

// Voids and changes the quantity of lines in full baskets, and times that.
Latencies replay_edits(const Workload& workload, LaneUnderTest& lane, std::size_t passes);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_REPLAY_H_

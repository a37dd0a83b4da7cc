// Measures scans while mined offers are ranked: a catalogue of items with as many mined pairs each,
// a fitted ranker that prompts the surest 15% of scans, baskets of popular items.
#ifndef XSELL_TESTS_TOOLS_BENCH_RANK_H_
#define XSELL_TESTS_TOOLS_BENCH_RANK_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace xsell::bench {

struct RankOptions {
  std::uint32_t items = 4000;
  std::uint32_t offers = 50;  // of each item
  std::size_t baskets = 300;
  std::size_t lines = 20;  // of each basket
  std::size_t passes = 7;
};

// One JSON object: the ranker alone (rank_), scans through the engine (scan_), and voids of a line
// and the ranking after it (void_).
std::string measure_ranker(const RankOptions& options);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_RANK_H_

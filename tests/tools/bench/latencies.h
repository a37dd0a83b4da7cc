// Times scans and says how long they took: percentiles of each pass, of which the median over the
// passes counts; and percentiles of each scan's best pass, which leaves the machine's noise out.
// Units: microseconds.
#ifndef XSELL_TESTS_TOOLS_BENCH_LATENCIES_H_
#define XSELL_TESTS_TOOLS_BENCH_LATENCIES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace xsell::bench {

// The processor's own counter where it has one, for its small cost.
std::uint64_t tick_count();
double us_per_tick();

class Latencies {
 public:
  void start_pass(std::size_t expected);
  void add(std::uint64_t ticks) { passes_.back().push_back(static_cast<float>(ticks)); }

  // "scans":..,"p50_us":.. with the prefix before each name.
  std::string json(const std::string& prefix = {}) const;
  double percentile(double share) const;

 private:
  std::vector<std::vector<float>> passes_;
};

// FNV-1a over 32-bit words: the answers in their order, rule id + 1 each, 0 after each scan.
class AnswerHash {
 public:
  void add(std::uint32_t word) { value_ = (value_ ^ word) * 16777619u; }
  std::string text() const;

 private:
  std::uint32_t value_ = 2166136261u;
};

double resident_mb();

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_LATENCIES_H_

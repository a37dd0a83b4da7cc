// Counts and times of a run, for `stats`.
#ifndef XSELL_SDK_EXAMPLES_LANE_SALE_STATS_H_
#define XSELL_SDK_EXAMPLES_LANE_SALE_STATS_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "step.h"

namespace lane {

class SaleStats {
 public:
  struct Latency {
    std::size_t count = 0;
    std::int64_t p50_ns = 0, p99_ns = 0, max_ns = 0;
  };

  void record(const Step& step);

  Latency events() const { return latency(event_ns_); }
  Latency scans() const { return latency(scan_ns_); }
  std::uint64_t transactions() const { return transactions_; }
  std::uint64_t scans_prompted() const { return scans_prompted_; }
  std::uint64_t prompts() const { return prompts_; }
  // Prompts whose item the same basket went on to contain, however it got there.
  std::uint64_t prompts_followed() const { return prompts_followed_; }
  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t declined() const { return declined_; }
  std::uint64_t withdrawn() const { return withdrawn_; }
  std::uint64_t refused() const { return refused_; }

 private:
  static Latency latency(std::vector<std::int64_t> times);

  std::vector<std::int64_t> event_ns_, scan_ns_;
  // Per open transaction: how many prompts offered an item that is not in the basket yet.
  std::unordered_map<std::uint64_t, std::unordered_map<std::string, std::uint64_t>> awaited_;
  std::unordered_map<std::uint64_t, std::unordered_set<std::uint64_t>> seen_;
  std::uint64_t transactions_ = 0, scans_prompted_ = 0, prompts_ = 0, prompts_followed_ = 0,
                accepted_ = 0, declined_ = 0, withdrawn_ = 0, refused_ = 0;
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_SALE_STATS_H_

// When rules are in force: their effective and expiry times and weekly windows, all in store-local
// time. Threads: const use from any.
#ifndef XSELL_RULES_SCHEDULE_H_
#define XSELL_RULES_SCHEDULE_H_

#include <bitset>
#include <cstdint>
#include <limits>
#include <vector>

#include "rules/model.h"

namespace xsell::rules {

struct Schedule {
  std::int64_t effective_s = std::numeric_limits<std::int64_t>::min();
  std::int64_t expires_s = std::numeric_limits<std::int64_t>::max();
  std::vector<TimeWindow> windows;

  bool is_open(std::int64_t local_time_s) const;
  bool operator==(const Schedule&) const = default;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.effective_s, self.expires_s, self.windows);
  }
};

// The moments at which any schedule opens or shuts, so that the lane need not look at other times.
class ScheduleEdges {
 public:
  void add(const Schedule& schedule);
  void put_in_order();
  // Whether a schedule may have opened or shut after one time and up to the other. Requires: in
  // order.
  bool is_any_between(std::int64_t after_s, std::int64_t until_s) const;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.dates_s_, self.minutes_, self.has_windows_);
  }

 private:
  static constexpr int kMinutesPerDay = 1440;
  std::vector<std::int64_t> dates_s_;
  std::bitset<kMinutesPerDay> minutes_;
  bool has_windows_ = false;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_SCHEDULE_H_

// Who is at the lane and when: what the host told outside of the basket.
// Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_LANE_CONTEXT_H_
#define XSELL_RULES_LANE_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/customer_past.h"
#include "rules/outcome.h"
#include "rules/promotions.h"
#include "rules/rule_index.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxSegments =
    32;  // that the rule set speaks of; more are not considered

struct LaneContext {
  std::int64_t local_time_s = 0;
  std::int64_t now_ms = 0;  // monotonic

  FixedText<32> operator_id;
  FixedText<32> operator_role;
  FixedText<16> language;
  std::uint64_t operator_hash = 0;
  std::int32_t operator_age = 0;
  std::uint32_t role = kNoId;  // into the rule set's names

  std::uint64_t customer_hash = 0;  // 0: anonymous
  std::int32_t customer_age = 0;
  bool is_opted_out = false;
  std::array<std::uint32_t, kMaxSegments> segments{};  // into the rule set's names
  std::size_t segment_count = 0;
  CustomerPast past;  // ids of the rule set

  const Promotions* promotions = nullptr;  // of the transaction

  std::int32_t queue_length = 0;
  std::int32_t lines_per_minute = 0;

  bool has_segment(std::uint32_t name) const {
    for (std::size_t i = 0; i < segment_count; ++i) {
      if (segments[i] == name) return true;
    }
    return false;
  }
  void clear_customer() {
    customer_hash = 0;
    customer_age = 0;
    is_opted_out = false;
    segment_count = 0;
    past.clear();
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LANE_CONTEXT_H_

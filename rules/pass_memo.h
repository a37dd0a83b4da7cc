// What passes, that is schedules and audiences, said last, so that thousands of rules for the same
// hours and the same customers ask once. Threads: one at a time. Allocates: in the constructor
// only.
#ifndef XSELL_RULES_PASS_MEMO_H_
#define XSELL_RULES_PASS_MEMO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/lane_context.h"
#include "rules/rule_index.h"
#include "rules/silence.h"

namespace xsell::rules {

class PassMemo {
 public:
  // Requires: the index outlives it.
  explicit PassMemo(const RuleIndex& index);

  // To be called with each event, before it is asked.
  void look_at(const LaneContext& lane);

  // Requires: the lane is as it was looked at.
  DropReason refusal_of(std::uint32_t pass, const LaneContext& lane) {
    const std::uint32_t verdict = verdicts_[pass];
    if (verdict >> kReasonBits != round_) return decide(pass, lane);
    return static_cast<DropReason>(verdict & ((1u << kReasonBits) - 1));
  }

 private:
  static constexpr int kReasonBits = 8;

  DropReason decide(std::uint32_t pass, const LaneContext& lane);
  bool are_the_same(const LaneContext& lane) const;
  void forget();

  const RuleIndex& index_;
  std::vector<std::uint32_t> verdicts_;  // the round it was given in, and the reason
  std::uint32_t round_ = 1;

  // Whom and when the round's verdicts are for.
  std::int64_t time_s_ = 0;
  std::uint32_t role_ = kNoId;
  bool is_anonymous_ = true;
  std::array<std::uint32_t, kMaxSegments> segments_{};
  std::size_t segment_count_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PASS_MEMO_H_

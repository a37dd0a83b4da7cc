#include "rules/pass_memo.h"

#include <algorithm>

#include "rules/condition_eval.h"

namespace xsell::rules {

PassMemo::PassMemo(const RuleIndex& index) : index_(index), verdicts_(index.passes.size(), 0) {}

void PassMemo::look_at(const LaneContext& lane) {
  const bool is_same_time = !index_.schedule_edges.is_any_between(time_s_, lane.local_time_s);
  time_s_ = lane.local_time_s;
  if (is_same_time && are_the_same(lane)) return;
  forget();
  role_ = lane.role;
  is_anonymous_ = lane.customer_hash == 0;
  segments_ = lane.segments;
  segment_count_ = lane.segment_count;
}

DropReason PassMemo::decide(std::uint32_t id, const LaneContext& lane) {
  const Pass& pass = index_.passes[id];
  DropReason reason = DropReason::kNone;
  if (pass.schedule != kNoId && !index_.schedules[pass.schedule].is_open(time_s_)) {
    reason = DropReason::kTime;
  } else if (pass.audience != kNoId) {
    reason = xsell::rules::refusal_of(index_.audiences[pass.audience], lane);
  }
  verdicts_[id] = round_ << kReasonBits | static_cast<std::uint32_t>(reason);
  return reason;
}

// All that an audience looks at.
bool PassMemo::are_the_same(const LaneContext& lane) const {
  return lane.role == role_ && (lane.customer_hash == 0) == is_anonymous_ &&
         lane.segment_count == segment_count_ &&
         std::equal(lane.segments.data(), lane.segments.data() + segment_count_, segments_.data());
}

void PassMemo::forget() {
  ++round_;
  if (round_ < 1u << (32 - kReasonBits)) return;
  std::fill(verdicts_.begin(), verdicts_.end(), 0);
  round_ = 1;
}

}  // namespace xsell::rules

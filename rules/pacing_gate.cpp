#include "rules/pacing_gate.h"

#include <algorithm>

#include "rules/local_time.h"
#include "rules/prompt.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

std::int64_t PacingGate::local_day() const { return lane_.local_time_s / kSecondsPerDay; }

DropReason PacingGate::refusal_of(std::uint32_t entry, std::uint32_t product) const {
  const std::uint32_t rule = index_.entries[entry].rule;
  const PromptForm& form = index_.form_of(entry);
  DropReason reason = DropReason::kNone;
  log_.any_related(rule, product, form.group, [&](const PacedPrompt& made) {
    const bool is_same_product = product != kNoId && made.product == product;
    const bool is_same_offer = made.rule == rule && made.ordinal == form.ordinal;
    if (is_same_product && made.is_answered()) {
      reason = DropReason::kOncePerTransaction;
    } else if (made.rule == rule && made.state == PromptState::declined) {
      reason = DropReason::kCoolDown;
    } else if (is_same_offer && made.state == PromptState::pushed_out) {
      reason = DropReason::kOutranked;
    } else if (form.is_once && (is_same_offer || is_same_product)) {
      reason = DropReason::kOncePerTransaction;
    } else if (form.group != kNoId && made.group == form.group &&
               made.state != PromptState::withdrawn && !is_same_offer) {
      reason = DropReason::kExclusiveGroup;
    }
    return reason != DropReason::kNone;
  });
  if (reason != DropReason::kNone) return reason;
  if (form.frequency_percent == 100 && !memory_.has_declines() && !memory_.has_tallies()) {
    return DropReason::kNone;
  }

  const std::uint64_t hash = stable_hash(index_.rule_ids.text(rule).view());
  if (form.frequency_percent < 100) {
    const std::uint64_t dice = StableHash().add(transaction_hash_).add(hash).value() % 100;
    if (dice >= form.frequency_percent) return DropReason::kFrequency;
  }
  if (memory_.is_cooling_down(hash, lane_.customer_hash, local_day(), index_.policy.cool_down)) {
    return DropReason::kCoolDown;
  }
  return refusal_by_tally(hash, form.budget);
}

DropReason PacingGate::refusal_by_tally(std::uint64_t rule_hash, std::uint32_t budget) const {
  const RuleTally* tally = memory_.tally(rule_hash);
  if (tally == nullptr) return DropReason::kNone;
  const bool is_muted = index_.policy.auto_mute.acceptance_below_millionths > 0 &&
                        local_day() < tally->muted_until_day;
  if (is_muted) return DropReason::kMuted;
  return budget > 0 && tally->accepted_ever >= budget ? DropReason::kBudget : DropReason::kNone;
}

DropReason PacingGate::refusal_of_mined(std::uint32_t item, std::uint64_t rule_hash) const {
  const std::uint32_t product = index_.items.product(item);
  bool is_made = false;
  log_.any_related(kNoId, product, kNoId, [&](const PacedPrompt& made) {
    is_made = made.product == product;
    return is_made;
  });
  if (is_made) return DropReason::kOncePerTransaction;
  if (memory_.is_cooling_down(rule_hash, lane_.customer_hash, local_day(),
                              index_.policy.cool_down)) {
    return DropReason::kCoolDown;
  }
  return refusal_by_tally(rule_hash, 0);
}

PacingGate::Allowance PacingGate::allowance() const {
  const Policy& policy = index_.policy;
  const LaneLoadPolicy& load = policy.lane_load;
  const auto shut = [](DropReason reason) {
    Allowance none;
    none.limit = reason;
    return none;
  };
  if (memory_.is_snoozed(lane_.local_time_s)) return shut(DropReason::kSnoozed);
  if (load.suppress_above_queue_length > 0 &&
      lane_.queue_length > load.suppress_above_queue_length) {
    return shut(DropReason::kLaneLoad);
  }
  if (load.suppress_above_lines_per_minute > 0 &&
      lane_.lines_per_minute > load.suppress_above_lines_per_minute) {
    return shut(DropReason::kLaneLoad);
  }
  if (policy.min_seconds_between_prompts > 0 && log_.last_prompt_ms >= 0 &&
      lane_.now_ms - log_.last_prompt_ms <
          std::int64_t{1000} * policy.min_seconds_between_prompts) {
    return shut(DropReason::kMinimumInterval);
  }

  Allowance allowed;
  allowed.prompts = static_cast<std::int32_t>(kMaxAnswerPrompts);
  const auto limit = [&](std::int32_t left, DropReason reason) {
    if (left >= allowed.prompts) return;
    allowed.prompts = std::max(left, 0);
    allowed.limit = reason;
  };
  limit(policy.max_prompts_per_transaction - static_cast<std::int32_t>(log_.prompt_count),
        DropReason::kTransactionCap);
  // Far from the cap, nobody need count.
  if (policy.max_prompts_per_operator_hour - memory_.remembered_prompts() < allowed.prompts) {
    limit(policy.max_prompts_per_operator_hour - memory_.prompts_in_last_hour(lane_.local_time_s),
          DropReason::kOperatorHourCap);
  }
  const std::int32_t mined_left =
      policy.mined.max_prompts_per_transaction - static_cast<std::int32_t>(log_.mined_count);
  allowed.mined = std::clamp(mined_left, 0, allowed.prompts);
  return allowed;
}

}  // namespace xsell::rules

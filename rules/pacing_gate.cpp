#include "rules/pacing_gate.h"

#include <algorithm>

#include "rules/local_time.h"
#include "rules/prompt.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

std::int64_t PacingGate::local_day() const { return lane_.local_time_s / kSecondsPerDay; }

DropReason PacingGate::refusal_of(std::uint32_t entry, std::uint32_t product) const {
  const OfferDetail& offer = index_.offers[entry];
  const RuleDetail& rule = index_.rules[offer.rule];
  for (const PromptRecord& record : log_.all()) {
    const bool is_same_product = product != kNoId && record.product == product;
    if (is_same_product && record.is_answered()) return DropReason::kOncePerTransaction;
    if (record.rule == offer.rule && record.state == PromptState::declined)
      return DropReason::kCoolDown;
    const bool is_same_offer = record.rule == offer.rule && record.ordinal == offer.ordinal;
    if (is_same_offer && record.state == PromptState::pushed_out) return DropReason::kOutranked;
    if (rule.is_once && (is_same_offer || is_same_product)) return DropReason::kOncePerTransaction;
    if (rule.group != kNoId && record.group == rule.group &&
        record.state != PromptState::withdrawn && !is_same_offer) {
      return DropReason::kExclusiveGroup;
    }
  }
  if (rule.frequency_percent < 100) {
    const std::uint64_t dice = StableHash().add(transaction_hash_).add(rule.hash).value() % 100;
    if (dice >= rule.frequency_percent) return DropReason::kFrequency;
  }
  if (memory_.is_cooling_down(rule.hash, lane_.customer_hash, local_day(),
                              index_.policy.cool_down)) {
    return DropReason::kCoolDown;
  }
  return DropReason::kNone;
}

DropReason PacingGate::refusal_of_mined(std::uint32_t item, std::uint64_t rule_hash) const {
  const std::uint32_t product = index_.items.product[item];
  const auto records = log_.all();
  if (std::any_of(records.begin(), records.end(),
                  [&](const PromptRecord& record) { return record.product == product; })) {
    return DropReason::kOncePerTransaction;
  }
  if (memory_.is_cooling_down(rule_hash, lane_.customer_hash, local_day(),
                              index_.policy.cool_down)) {
    return DropReason::kCoolDown;
  }
  return DropReason::kNone;
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
  limit(policy.max_prompts_per_operator_hour - memory_.prompts_in_last_hour(lane_.local_time_s),
        DropReason::kOperatorHourCap);
  const std::int32_t mined_left =
      policy.mined.max_prompts_per_transaction - static_cast<std::int32_t>(log_.mined_count);
  allowed.mined = std::clamp(mined_left, 0, allowed.prompts);
  return allowed;
}

}  // namespace xsell::rules

#include "rules/pacing_memory.h"

#include <algorithm>

#include "rules/acceptance.h"

namespace xsell::rules {

namespace {

constexpr std::int64_t kSecondsPerHour = 3600;
constexpr std::size_t kTallyProbes = 16;
constexpr std::uint32_t kLongRun = 1024;
constexpr std::size_t kSlots = 4 * kMaxRememberedDeclines;

}  // namespace

PacingMemory::PacingMemory() : snapshot_(std::make_unique<PacingSnapshot>()), slots_(kSlots, 0) {}

bool PacingMemory::restore(const PacingSnapshot& snapshot) {
  const bool is_older = snapshot.format == 1;
  if ((snapshot.format != PacingSnapshot().format && !is_older) ||
      snapshot.decline_count > kMaxRememberedDeclines ||
      snapshot.decline_next >= kMaxRememberedDeclines || snapshot.next_prompt == 0) {
    return false;
  }
  *snapshot_ = snapshot;
  if (is_older) {
    snapshot_->format = PacingSnapshot().format;
    snapshot_->tallies = {};
  }
  has_tallies_ = std::any_of(snapshot_->tallies.begin(), snapshot_->tallies.end(),
                             [](const RuleTally& tally) { return tally.rule != 0; });
  journal_.restart();
  index_declines();
  return true;
}

void PacingMemory::sign_on(std::uint64_t operator_hash) {
  if (operator_hash == snapshot_->operator_hash) return;
  snapshot_->operator_hash = operator_hash;
  snapshot_->operator_prompt_count = 0;
}

void PacingMemory::add_prompt(std::int64_t local_time_s) {
  auto& count = snapshot_->operator_prompt_count;
  std::int64_t& at = snapshot_->operator_prompts_s[count++ % kMaxOperatorHourPrompts];
  at = local_time_s;
  journal_.note(*snapshot_, at);
}

std::int32_t PacingMemory::prompts_in_last_hour(std::int64_t local_time_s) const {
  const std::size_t kept =
      std::min<std::size_t>(snapshot_->operator_prompt_count, kMaxOperatorHourPrompts);
  const auto first = snapshot_->operator_prompts_s.begin();
  return static_cast<std::int32_t>(
      std::count_if(first, first + static_cast<std::ptrdiff_t>(kept), [&](std::int64_t at) {
        return at > local_time_s - kSecondsPerHour && at < local_time_s + kSecondsPerHour;
      }));
}

void PacingMemory::add_decline(std::uint64_t rule, std::uint64_t customer, std::int64_t local_day) {
  const std::uint32_t at = snapshot_->decline_next;
  snapshot_->declines[at] = {rule, customer, snapshot_->transaction_ordinal, local_day};
  journal_.note(*snapshot_, snapshot_->declines[at]);
  snapshot_->decline_next = (at + 1) % kMaxRememberedDeclines;
  snapshot_->decline_count =
      std::min<std::uint32_t>(snapshot_->decline_count + 1, kMaxRememberedDeclines);
  index_declines();
}

bool PacingMemory::is_cooling_down(std::uint64_t rule, std::uint64_t customer,
                                   std::int64_t local_day, const CoolDownPolicy& policy) const {
  if (snapshot_->decline_count == 0) return false;
  for (std::size_t i = first_slot(rule); slots_[i] != 0; i = (i + 1) & (kSlots - 1)) {
    const RememberedDecline& decline = snapshot_->declines[slots_[i] - 1];
    if (decline.rule != rule) continue;
    const std::uint64_t age = snapshot_->transaction_ordinal - decline.transaction_ordinal;
    if (age <= static_cast<std::uint64_t>(std::max(0, policy.same_rule_transactions))) return true;
    if (customer != 0 && decline.customer == customer &&
        local_day - decline.local_day < policy.same_customer_days) {
      return true;
    }
  }
  return false;
}

const RuleTally* PacingMemory::tally(std::uint64_t rule) const {
  if (!has_tallies_) return nullptr;
  for (std::size_t probe = 0; probe < kTallyProbes; ++probe) {
    const RuleTally& tally = snapshot_->tallies[(rule + probe) % kMaxTalliedRules];
    if (tally.rule == rule) return &tally;
    if (tally.rule == 0) return nullptr;
  }
  return nullptr;
}

// Its own place or a free one; when there is none, that of the rule with the least to tell.
RuleTally* PacingMemory::tally_for(std::uint64_t rule) {
  if (rule == 0) return nullptr;
  RuleTally* least = nullptr;
  for (std::size_t probe = 0; probe < kTallyProbes; ++probe) {
    RuleTally& tally = snapshot_->tallies[(rule + probe) % kMaxTalliedRules];
    if (tally.rule == rule) return &tally;
    if (tally.rule == 0) {
      tally.rule = rule;
      has_tallies_ = true;
      return &tally;
    }
    const bool may_go = tally.accepted_ever == 0 && tally.muted_until_day == 0;
    if (may_go && (least == nullptr || tally.shown < least->shown)) least = &tally;
  }
  if (least != nullptr) *least = {rule, 0, 0, 0, 0};
  return least;
}

void PacingMemory::add_shown(std::uint64_t rule) {
  RuleTally* tally = tally_for(rule);
  if (tally == nullptr) return;
  // What was long ago counts half.
  if (tally->shown == kLongRun) {
    tally->shown /= 2;
    tally->accepted /= 2;
  }
  ++tally->shown;
  journal_.note(*snapshot_, *tally);
}

void PacingMemory::add_accepted(std::uint64_t rule) {
  RuleTally* tally = tally_for(rule);
  if (tally == nullptr) return;
  ++tally->accepted_ever;
  if (tally->accepted < tally->shown) ++tally->accepted;
  journal_.note(*snapshot_, *tally);
}

void PacingMemory::mute_if_unwanted(std::uint64_t rule, std::int64_t local_day,
                                    const AutoMutePolicy& policy) {
  RuleTally* tally = tally_for(rule);
  if (tally == nullptr || !is_acceptance_too_low(tally->shown, tally->accepted, policy)) return;
  tally->shown = 0;
  tally->accepted = 0;
  tally->muted_until_day = static_cast<std::int32_t>(local_day) + policy.days;
  journal_.note(*snapshot_, *tally);
}

// Declines are rare, so the index is simply built again: a thousand entries, some microseconds.
void PacingMemory::index_declines() {
  std::fill(slots_.begin(), slots_.end(), 0);
  for (std::uint32_t at = 0; at < snapshot_->decline_count; ++at) {
    std::size_t i = first_slot(snapshot_->declines[at].rule);
    while (slots_[i] != 0) i = (i + 1) & (kSlots - 1);
    slots_[i] = static_cast<std::uint16_t>(at + 1);
  }
}

}  // namespace xsell::rules

// The lane's memory over transactions, with a quick way to ask it: see pacing.h for what it holds.
// Threads: one at a time. Allocates: in the constructor only.
#ifndef XSELL_RULES_PACING_MEMORY_H_
#define XSELL_RULES_PACING_MEMORY_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "rules/pacing.h"
#include "rules/pacing_journal.h"
#include "rules/policy.h"

namespace xsell::rules {

class PacingMemory {
 public:
  PacingMemory();

  const PacingSnapshot& snapshot() const { return *snapshot_; }
  void copy_to(PacingCopy& copy) const { journal_.bring_up_to_date(*snapshot_, copy); }
  bool restore(const PacingSnapshot& snapshot);

  void begin_transaction() { ++snapshot_->transaction_ordinal; }
  std::uint64_t transaction_ordinal() const { return snapshot_->transaction_ordinal; }
  std::uint64_t take_prompt_number() { return snapshot_->next_prompt++; }

  // Another operator starts with an empty hour.
  void sign_on(std::uint64_t operator_hash);
  void add_prompt(std::int64_t local_time_s);
  std::int32_t prompts_in_last_hour(std::int64_t local_time_s) const;
  // At least as many as in the last hour.
  std::int32_t remembered_prompts() const {
    return static_cast<std::int32_t>(
        std::min<std::size_t>(snapshot_->operator_prompt_count, kMaxOperatorHourPrompts));
  }

  void snooze_until(std::int64_t local_time_s) { snapshot_->snoozed_until_s = local_time_s; }
  bool is_snoozed(std::int64_t local_time_s) const {
    return local_time_s < snapshot_->snoozed_until_s;
  }

  // rule and customer are hashes; customer 0: anonymous.
  void add_decline(std::uint64_t rule, std::uint64_t customer, std::int64_t local_day);
  // Null: nothing was counted for the rule.
  const RuleTally* tally(std::uint64_t rule) const;
  void add_shown(std::uint64_t rule);
  void add_accepted(std::uint64_t rule);
  // Falls silent for the policy's days if its prompts are surely accepted too rarely.
  void mute_if_unwanted(std::uint64_t rule, std::int64_t local_day, const AutoMutePolicy& policy);
  bool has_tallies() const { return has_tallies_; }

  bool has_declines() const { return snapshot_->decline_count != 0; }
  bool is_cooling_down(std::uint64_t rule, std::uint64_t customer, std::int64_t local_day,
                       const CoolDownPolicy& policy) const;

 private:
  void index_declines();
  RuleTally* tally_for(std::uint64_t rule);
  std::size_t first_slot(std::uint64_t rule) const { return rule & (slots_.size() - 1); }

  std::unique_ptr<PacingSnapshot> snapshot_;
  PacingJournal journal_;
  bool has_tallies_ = false;
  std::vector<std::uint16_t> slots_;  // by rule hash: position in declines + 1; 0: free
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACING_MEMORY_H_

// Answers the host's events with the prompts to show: state of the transaction, matching, ranking,
// pacing, acceptance. Everything comes from the event: no clock, no I/O, no locks, no allocation
// once constructed and adopted. Same events, same rules, same seed: same prompts on every machine.
// Threads: one at a time (the scan thread). Fails: by EventResult, never by exception.
#ifndef XSELL_RULES_LANE_ENGINE_H_
#define XSELL_RULES_LANE_ENGINE_H_

#include <memory>

#include "rules/compiled_rules.h"
#include "rules/event.h"
#include "rules/lane_scope.h"
#include "rules/outcome.h"
#include "rules/pacing.h"
#include "rules/pacing_journal.h"
#include "rules/prompt.h"

namespace xsell::rules {

class LaneTrace;

class LaneEngine {
 public:
  // sink may be null; it must outlive the engine.
  LaneEngine(const LaneScope& scope, OutcomeSink* sink);
  ~LaneEngine();
  LaneEngine(const LaneEngine&) = delete;
  LaneEngine& operator=(const LaneEngine&) = delete;

  // The answer is valid until the next call.
  const Answer& on_event(const Event& event) noexcept;

  // Takes a rule set and returns the one used before (null at first); both stay owned by the
  // caller. Pacing carries over.
  // To be called before a transaction begin is handed in: one still open ends as abandoned.
  CompiledRuleSet* adopt(CompiledRuleSet* rules) noexcept;
  bool is_in_transaction() const noexcept;

  // The kill switch: from the next event on, answers are empty until it is lifted.
  void set_disabled(bool is_disabled) noexcept;
  // One rule off, or on again, from the next event on. False when the rule set has no such rule.
  bool set_rule_disabled(std::string_view rule_id, bool is_disabled) noexcept;

  // Tells it what is decided and why, from the next event on; null ends that. It must outlive its
  // use.
  void set_trace(LaneTrace* trace) noexcept;

  // The pacing memory, to be stored with the outcomes and given back at the next start (before the
  // first event).
  const PacingSnapshot& pacing() const noexcept;
  // Brings a copy up to date; costs what changed since it was taken, not the whole.
  void copy_pacing(PacingCopy& copy) const noexcept;
  bool restore_pacing(const PacingSnapshot& snapshot) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LANE_ENGINE_H_

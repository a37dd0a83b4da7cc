#ifndef XSELL_PLUGIN_SESSION_H_
#define XSELL_PLUGIN_SESSION_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "plugin/event_reader.h"
#include "plugin/handover.h"
#include "plugin/health.h"
#include "plugin/prompt_writer.h"
#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/outcome.h"
#include "rules/pacing.h"
#include "xsell/xsell.h"

namespace xsell::plugin {

// The scan path: events in, prompts out, and what it exchanges with the worker.
// Threads: on_event is the scan thread's; functions marked so are the worker's; neither ever waits
// for the other. Owns: every rule set that is offered, in use or retired. Requires: counters
// outlive it.
class Session : private rules::OutcomeSink {
 public:
  static constexpr size_t kMaxWaitingOutcomes = 2048;

  Session(const rules::LaneScope& scope, ScanCounters& counters, rules::ScanLayouts layouts = {});
  ~Session() override;

  // Requires: prepare() accepted the list.
  xsell_status on_event(const xsell_event_header* event, xsell_prompt_list* out) noexcept;

  // The worker's. Before the first event: the pacing of the last run.
  bool restore_pacing(const rules::PacingSnapshot& snapshot) noexcept;
  // The next transaction begins with these rules.
  void offer(std::unique_ptr<rules::CompiledRuleSet> rules);
  // Nothing is shown from the next event on, until rules are in use that are offered after this.
  void hush() noexcept;
  // The rules that answer events, null before the first; valid until free_retired().
  const rules::CompiledRuleSet* in_use() const noexcept {
    return shown_in_use_.load(std::memory_order_acquire);
  }
  // Frees what the scan thread has laid down: that takes milliseconds for a large one.
  void free_retired();
  // Acts on the next event.
  void set_disabled(bool is_disabled) noexcept { is_disabled_.store(is_disabled); }
  // How far the store's wall clock is ahead of UTC, for tills that do not tell their time.
  void set_utc_offset(int32_t offset_s) noexcept { utc_offset_s_.store(offset_s); }

  // Outcomes that wait, oldest first; drop them once they are stored.
  size_t waiting_outcomes() const noexcept { return outcomes_.readable(); }
  const rules::Outcome& outcome(size_t index) const noexcept { return outcomes_.at(index); }
  void drop_outcomes(size_t count) noexcept { outcomes_.pop(count); }
  // The pacing memory, if it changed: take it after the outcomes, so that it is never older than
  // they are.
  const rules::PacingSnapshot* take_pacing() noexcept {
    const rules::PacingCopy* copy = pacing_.take();
    return copy ? &copy->snapshot : nullptr;
  }

  // How the rules fare, by version: those that answer events, and those that have come through a
  // whole transaction.
  uint64_t tried_version() const noexcept { return tried_version_.load(std::memory_order_relaxed); }
  uint64_t proven_version() const noexcept {
    return proven_version_.load(std::memory_order_relaxed);
  }

 private:
  void put(const rules::Outcome& outcome) noexcept override;
  void take_offer(const rules::Event& event) noexcept;
  void publish(const rules::Event& event) noexcept;
  void count(const rules::Answer& answer) noexcept;

  ScanCounters& counters_;
  EventReader reader_;
  PromptWriter writer_;

  // Rules with the number of the offer that brought them.
  struct Offer {
    std::unique_ptr<rules::CompiledRuleSet> rules;
    uint64_t number = 0;
  };

  // The scan thread's.
  std::unique_ptr<Offer> in_use_;  // outlives the engine
  rules::LaneEngine engine_;
  bool is_disabled_now_ = false;
  uint64_t transaction_ = 0;
  uint64_t newest_prompt_ = 0;

  uint64_t offers_ = 0;  // the worker's
  Mailbox<Offer> offered_;
  Ring<Offer*, 8> retired_;
  Ring<rules::Outcome, kMaxWaitingOutcomes> outcomes_;
  Snapshot<rules::PacingCopy> pacing_;
  std::atomic<const rules::CompiledRuleSet*> shown_in_use_{nullptr};
  std::atomic<bool> is_disabled_{false};
  std::atomic<uint64_t> hushed_through_{0};  // offers up to this one stay silent
  std::atomic<int32_t> utc_offset_s_{0};
  std::atomic<uint64_t> tried_version_{0};
  std::atomic<uint64_t> proven_version_{0};
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_SESSION_H_

// Tells, while an event is answered, what the engine decided about each candidate and why, for
// people who ask why a rule spoke or was silent. The engine tells it of the decisions it makes, so
// that there is no second evaluation to disagree. Threads: those of the engine. A lane without a
// trace pays nothing for it; with one, an event costs as much as it has candidates, and allocates.
#ifndef XSELL_RULES_LANE_TRACE_H_
#define XSELL_RULES_LANE_TRACE_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/offer_check.h"
#include "rules/pacing_gate.h"
#include "rules/prompt_log.h"
#include "rules/silence.h"

namespace xsell::rules {

// Why the lane as a whole looks for no prompts, whatever its rules say.
enum class LaneSilence : std::uint8_t {
  none,
  no_transaction,
  not_a_sale,
  training,
  in_tender,
  post_void,
  switched_off,
  opted_out,
};
std::string_view name_of(LaneSilence silence);

enum class Decision : std::uint8_t {
  silent,    // `reason` says why
  prompted,  // new in this answer
  held_out,  // made, recorded and not shown
  stays,     // on offer before, and still
};

struct Verdict {
  std::uint32_t entry = kNoId;   // kNoId: mined
  std::uint32_t rule = kNoRule;  // or kMinedRule
  std::uint32_t gate = 0;        // what it was judged by, into the rule index
  std::uint32_t item = kNoId;    // kNoId: information, or none of a list may be offered
  std::uint32_t identity = kNoId;
  std::uint64_t rank = 0;  // higher wins
  Decision decision = Decision::silent;
  DropReason reason = DropReason::kNone;
  bool is_reminder = false;  // mined: the customer bought it before
  // The prompt that has the place, the product or the exclusive group.
  std::uint32_t rival_rule = kNoRule;
  std::uint32_t rival_item = kNoId;
};

// What the verdicts were found with. A view for the length of the call.
struct TraceScene {
  const Situation& now;
  const PacingMemory& memory;
  const PromptLog& log;              // as it is after the event
  PacingGate::Allowance allowed;     // before the event's prompts; an inquiry has no such limit
  std::uint32_t prompts_before = 0;  // made in the transaction before the event
  std::uint8_t moment = kMomentLineAdded;
};

class LaneTrace {
 public:
  virtual ~LaneTrace() = default;
  virtual void on_silent_lane(LaneSilence silence) = 0;
  // Every entry that hangs under something in the basket, best first, then every mined offer that
  // reaches the policy's minimum. What is not among them has no trigger here, or another moment.
  virtual void on_search(const TraceScene& scene, std::span<const Verdict> verdicts) = 0;
  // An open prompt ended; when it was withdrawn, `reason` says why.
  virtual void on_ended(const PromptRecord& prompt, PromptState state, DropReason reason) = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LANE_TRACE_H_

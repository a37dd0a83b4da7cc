// Whether pacing lets a prompt through: what concerns one rule, and what concerns all of them.
// Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_PACING_GATE_H_
#define XSELL_RULES_PACING_GATE_H_

#include <cstdint>

#include "rules/lane_context.h"
#include "rules/pacing_memory.h"
#include "rules/prompt_log.h"
#include "rules/rule_index.h"
#include "rules/silence.h"

namespace xsell::rules {

class PacingGate {
 public:
  PacingGate(const RuleIndex& index, const LaneContext& lane, const PacingMemory& memory,
             const PromptLog& log, std::uint64_t transaction_hash)
      : index_(index),
        lane_(lane),
        memory_(memory),
        log_(log),
        transaction_hash_(transaction_hash) {}

  // For an entry that is not open. product: kNoId while its item is not chosen yet.
  DropReason refusal_of(std::uint32_t entry, std::uint32_t product) const;
  DropReason refusal_of_mined(std::uint32_t item, std::uint64_t rule_hash) const;

  // How many new prompts this event may bring, and what limits them (kNone while nothing does).
  struct Allowance {
    std::int32_t prompts = 0;
    std::int32_t mined = 0;
    DropReason limit = DropReason::kNone;
  };
  Allowance allowance() const;

 private:
  std::int64_t local_day() const;
  DropReason refusal_by_tally(std::uint64_t rule_hash, std::uint32_t budget) const;

  const RuleIndex& index_;
  const LaneContext& lane_;
  const PacingMemory& memory_;
  const PromptLog& log_;
  std::uint64_t transaction_hash_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACING_GATE_H_

// Writes outcome rows to the sink.
// Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_OUTCOME_WRITER_H_
#define XSELL_RULES_OUTCOME_WRITER_H_

#include "rules/basket_state.h"
#include "rules/event.h"
#include "rules/lane_context.h"
#include "rules/outcome.h"
#include "rules/rule_index.h"
#include "rules/transaction.h"

namespace xsell::rules {

class OutcomeWriter {
 public:
  // sink may be null: then nothing is written.
  explicit OutcomeWriter(OutcomeSink* sink) : sink_(sink) {}

  struct Scene {
    const RuleIndex& index;
    const Transaction& transaction;
    const LaneContext& lane;
    const BasketState* basket;  // null: not known any more
  };

  void shown(const Scene& scene, const PromptRecord& record);
  // The prompt's end, with what the basket came to hold of it.
  void ended(const Scene& scene, const PromptRecord& record, TransactionEnd end);
  void basket(const Scene& scene, TransactionEnd end);
  void returned(const Scene& scene, const Event& event, std::string_view item_key);
  void post_voided(const Scene& scene, const Event& event);

 private:
  Outcome base(const Scene& scene, OutcomeKind kind) const;
  Outcome of_prompt(const Scene& scene, const PromptRecord& record, OutcomeKind kind) const;

  OutcomeSink* sink_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_OUTCOME_WRITER_H_

// Whether a condition or an audience holds now. Pure functions of basket and lane.
// Threads: any. Allocates nothing.
#ifndef XSELL_RULES_CONDITION_EVAL_H_
#define XSELL_RULES_CONDITION_EVAL_H_

#include <cstdint>

#include "rules/basket_state.h"
#include "rules/fixed_vector.h"
#include "rules/lane_context.h"
#include "rules/rule_index.h"
#include "rules/silence.h"

namespace xsell::rules {

bool holds(const RuleIndex& index, std::uint32_t condition, const BasketState& basket,
           const LaneContext& lane);
// What the rule asks of the basket, whichever way it was compiled.
bool holds(const RuleIndex& index, BasketTest test, const BasketState& basket,
           const LaneContext& lane);

// kNone, kOperator or kCustomer.
DropReason refusal_of(const CompiledAudience& audience, const LaneContext& lane);

// Whether the line is one of those that speak for the rule: it belongs to a term that the rule asks
// for.
bool is_trigger(const RuleIndex& index, BasketTest test, const BasketState& basket,
                const BasketLine& line);
// The terms that the rule asks for, which its trigger lines belong to.
struct PositiveTerms {
  FixedVector<std::uint32_t, 16> terms;
  bool is_whole = true;  // false: there are more
};
PositiveTerms positive_terms(const RuleIndex& index, BasketTest test);
// Whether the test, once it holds, goes on to do so while the basket only grows.
bool stays_with_more(const RuleIndex& index, BasketTest test);
// The quantity of the first term that the rule asks for and the basket holds.
std::int64_t trigger_quantity(const RuleIndex& index, BasketTest test, const BasketState& basket);

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_EVAL_H_

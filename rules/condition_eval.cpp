#include "rules/condition_eval.h"

#include <algorithm>

namespace xsell::rules {

namespace {

// Calls visit(term) for each term asked for, until it returns true.
template <typename Visit>
bool any_positive_term(const RuleIndex& index, const RuleDetail& rule, Visit visit) {
  if (rule.only_term != kNoId) return visit(rule.only_term);
  const auto& nodes = index.conditions;
  const auto search = [&](const auto& self, std::uint32_t at, bool is_negated) -> bool {
    const ConditionNode& node = nodes[at];
    if (node.op == ConditionOp::term_quantity)
      return !is_negated && node.min > 0 && visit(node.term);
    const bool is_child_negated = is_negated != (node.op == ConditionOp::negation);
    for (std::uint32_t child = at + 1; child < node.end; child = nodes[child].end) {
      if (self(self, child, is_child_negated)) return true;
    }
    return false;
  };
  return search(search, rule.condition, false);
}

}  // namespace

bool holds(const RuleIndex& index, std::uint32_t condition, const BasketState& basket,
           const LaneContext& lane) {
  const ConditionNode& node = index.conditions[condition];
  const auto child_holds = [&](std::uint32_t child) { return holds(index, child, basket, lane); };
  switch (node.op) {
    case ConditionOp::all:
      for (std::uint32_t child = condition + 1; child < node.end;
           child = index.conditions[child].end) {
        if (!child_holds(child)) return false;
      }
      return true;
    case ConditionOp::any:
      for (std::uint32_t child = condition + 1; child < node.end;
           child = index.conditions[child].end) {
        if (child_holds(child)) return true;
      }
      return false;
    case ConditionOp::negation:
      return condition + 1 == node.end || !child_holds(condition + 1);
    case ConditionOp::term_quantity:
      return is_within(basket.term_quantity(node.term), node.min, node.max);
    case ConditionOp::basket_quantity:
      return is_within(basket.quantity_milli(), node.min, node.max);
    case ConditionOp::distinct_categories:
      return basket.distinct_categories() >= node.min && basket.distinct_categories() <= node.max;
    case ConditionOp::amount:
      return basket.amount_minor() >= node.min && basket.amount_minor() <= node.max;
    case ConditionOp::segments:
      return refusal_of(index.audiences[node.term], lane) == DropReason::kNone;
  }
  return false;
}

bool holds(const RuleIndex& index, const RuleDetail& rule, const BasketState& basket,
           const LaneContext& lane) {
  if (rule.only_term != kNoId) return basket.term_quantity(rule.only_term) > 0;
  return holds(index, rule.condition, basket, lane);
}

DropReason refusal_of(const CompiledAudience& audience, const LaneContext& lane) {
  const auto has_segment = [&](std::uint32_t name) { return lane.has_segment(name); };
  const auto& roles = audience.operator_roles;
  if (!roles.empty() && std::find(roles.begin(), roles.end(), lane.role) == roles.end()) {
    return DropReason::kOperator;
  }
  if (!audience.is_for_anonymous && lane.customer_hash == 0) return DropReason::kCustomer;
  if (std::any_of(audience.none_of.begin(), audience.none_of.end(), has_segment)) {
    return DropReason::kCustomer;
  }
  const bool is_admitted = audience.any_of.empty() ||
                           std::any_of(audience.any_of.begin(), audience.any_of.end(), has_segment);
  return is_admitted ? DropReason::kNone : DropReason::kCustomer;
}

bool is_trigger(const RuleIndex& index, const RuleDetail& rule, const BasketState& basket,
                const BasketLine& line) {
  return any_positive_term(index, rule,
                           [&](std::uint32_t term) { return basket.is_in_term(line, term); });
}

std::int64_t trigger_quantity(const RuleIndex& index, const RuleDetail& rule,
                              const BasketState& basket) {
  std::int64_t quantity_milli = 0;
  any_positive_term(index, rule, [&](std::uint32_t term) {
    quantity_milli = basket.term_quantity(term);
    return quantity_milli > 0;
  });
  return quantity_milli;
}

}  // namespace xsell::rules

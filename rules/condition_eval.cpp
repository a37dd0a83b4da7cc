#include "rules/condition_eval.h"

#include <algorithm>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

// Calls visit(term) for each term asked for, until it returns true.
template <typename Visit>
bool any_positive_term(const RuleIndex& index, BasketTest test, Visit visit) {
  if (test.is_term()) return visit(test.term());
  const ConditionProgram& program = index.conditions;
  const auto search = [&](const auto& self, std::uint32_t at, bool is_negated) -> bool {
    const ConditionNode& node = program.nodes[at];
    if (node.op == ConditionOp::term_quantity || node.op == ConditionOp::term_absent) {
      const bool is_asked_for = is_negated == (node.op == ConditionOp::term_absent);
      return is_asked_for && program.bounds[node.bounds].min > 0 && visit(node.term);
    }
    const bool is_child_negated = is_negated != (node.op == ConditionOp::negation);
    for (std::uint32_t child = at + 1; child < at + node.size; child += program.nodes[child].size) {
      if (self(self, child, is_child_negated)) return true;
    }
    return false;
  };
  return search(search, test.condition(), false);
}

// Most parts of most conditions: a term that is there, or not.
bool is_about_term(const ConditionNode& node) {
  return node.op == ConditionOp::term_quantity || node.op == ConditionOp::term_absent;
}

bool term_holds(const ConditionProgram& program, const ConditionNode& node,
                const BasketState& basket) {
  const bool is_there = node.bounds == kPresent ? basket.holds_term(node.term)
                                                : is_within(basket.term_quantity(node.term),
                                                            program.bounds[node.bounds]);
  return is_there == (node.op == ConditionOp::term_quantity);
}

bool is_nearly_granted(std::string_view promotion, std::int64_t missing_at_most,
                       const LaneContext& lane) {
  if (lane.promotions == nullptr) return false;
  const std::uint64_t hash = stable_hash(promotion);
  return std::any_of(lane.promotions->begin(), lane.promotions->end(),
                     [&](const ConfirmedPromotion& known) {
                       return known.hash == hash && known.missing_count > 0 &&
                              known.missing_count <= missing_at_most;
                     });
}

}  // namespace

bool holds(const RuleIndex& index, std::uint32_t condition, const BasketState& basket,
           const LaneContext& lane) {
  const ConditionProgram& program = index.conditions;
  const ConditionNode& node = program.nodes[condition];
  const std::uint32_t end = condition + node.size;
  switch (node.op) {
    case ConditionOp::all:
      for (std::uint32_t child = condition + 1; child < end; child += program.nodes[child].size) {
        const ConditionNode& part = program.nodes[child];
        const bool part_holds = is_about_term(part) ? term_holds(program, part, basket)
                                                    : holds(index, child, basket, lane);
        if (!part_holds) return false;
      }
      return true;
    case ConditionOp::any:
      for (std::uint32_t child = condition + 1; child < end; child += program.nodes[child].size) {
        if (holds(index, child, basket, lane)) return true;
      }
      return false;
    case ConditionOp::negation:
      return condition + 1 == end || !holds(index, condition + 1, basket, lane);
    case ConditionOp::term_quantity:
    case ConditionOp::term_absent:
      return term_holds(program, node, basket);
    case ConditionOp::basket_quantity:
      return is_within(basket.quantity_milli(), program.bounds[node.bounds]);
    case ConditionOp::distinct_categories: {
      const Bounds& bounds = program.bounds[node.bounds];
      return basket.distinct_categories() >= bounds.min &&
             basket.distinct_categories() <= bounds.max;
    }
    case ConditionOp::amount: {
      const Bounds& bounds = program.bounds[node.bounds];
      return basket.amount_minor() >= bounds.min && basket.amount_minor() <= bounds.max;
    }
    case ConditionOp::near_miss:
      return is_nearly_granted(index.names.text(node.term), program.bounds[node.bounds].max, lane);
    case ConditionOp::segments:
      return refusal_of(index.audiences[node.term], lane) == DropReason::kNone;
  }
  return false;
}

bool holds(const RuleIndex& index, BasketTest test, const BasketState& basket,
           const LaneContext& lane) {
  if (test.is_term()) return basket.holds_term(test.term());
  return holds(index, test.condition(), basket, lane);
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

bool is_trigger(const RuleIndex& index, BasketTest test, const BasketState& basket,
                const BasketLine& line) {
  return any_positive_term(index, test,
                           [&](std::uint32_t term) { return basket.is_in_term(line, term); });
}

PositiveTerms positive_terms(const RuleIndex& index, BasketTest test) {
  PositiveTerms out;
  out.is_whole =
      !any_positive_term(index, test, [&](std::uint32_t term) { return !out.terms.push(term); });
  return out;
}

bool stays_with_more(const RuleIndex& index, BasketTest test) {
  if (test.is_term()) return true;
  const ConditionProgram& program = index.conditions;
  const std::uint32_t root = test.condition();
  for (std::uint32_t at = root; at < root + program.nodes[root].size; ++at) {
    const ConditionNode& node = program.nodes[at];
    const bool has_maximum =
        node.op != ConditionOp::segments && program.bounds[node.bounds].max != kNoMaximum;
    const bool is_negation =
        node.op == ConditionOp::negation || node.op == ConditionOp::term_absent;
    if (is_negation || has_maximum) return false;
  }
  return true;
}

std::int64_t trigger_quantity(const RuleIndex& index, BasketTest test, const BasketState& basket) {
  std::int64_t quantity_milli = 0;
  any_positive_term(index, test, [&](std::uint32_t term) {
    quantity_milli = basket.term_quantity(term);
    return quantity_milli > 0;
  });
  return quantity_milli;
}

}  // namespace xsell::rules

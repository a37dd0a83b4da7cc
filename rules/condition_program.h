// Conditions as one array of nodes in reading order: a node is followed by its children, and `end`
// says where they end.
#ifndef XSELL_RULES_CONDITION_PROGRAM_H_
#define XSELL_RULES_CONDITION_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "rules/condition.h"

namespace xsell::rules {

enum class ConditionOp : std::uint8_t {
  all,
  any,
  negation,
  term_quantity,    // of the term
  basket_quantity,  // of all lines
  distinct_categories,
  amount,
  segments,  // audience `term` admits the customer
};

struct ConditionNode {
  ConditionOp op;
  std::uint32_t end;   // the node after the last child
  std::uint32_t term;  // term_quantity: the term; segments: the audience
  std::int64_t min;
  std::int64_t max;
};

using ConditionProgram = std::vector<ConditionNode>;

// A minimum of one piece is met by any quantity: 0.350 kg of apples is apples.
constexpr bool is_within(std::int64_t quantity_milli, std::int64_t min, std::int64_t max) {
  const bool is_enough = min == 1000 ? quantity_milli > 0 : quantity_milli >= min;
  return is_enough && quantity_milli <= max;
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_PROGRAM_H_

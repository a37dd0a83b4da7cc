// Conditions as one array of nodes in reading order: a node is followed by its children, and `size`
// says how many nodes it is with all below it. Equal conditions are kept once.
#ifndef XSELL_RULES_CONDITION_PROGRAM_H_
#define XSELL_RULES_CONDITION_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/condition.h"

namespace xsell::rules {

enum class ConditionOp : std::uint8_t {
  all,
  any,
  negation,
  term_quantity,    // of the term
  term_absent,      // its negation
  basket_quantity,  // of all lines
  distinct_categories,
  amount,
  near_miss,  // the promotion with the name `term` is short of no more than that
  segments,   // audience `term` admits the customer
};

struct ConditionNode {
  ConditionOp op = ConditionOp::all;
  std::uint8_t unused = 0;
  std::uint16_t size = 1;
  std::uint32_t term =
      0;  // term_quantity, term_absent: the term; near_miss: a name; segments: audience
  std::uint32_t bounds = 0;  // into bounds
  bool operator==(const ConditionNode&) const = default;
};
static_assert(sizeof(ConditionNode) == 12);

inline constexpr std::size_t kMaxConditionNodes = 0xffff;
inline constexpr std::uint32_t kPresent = 0;  // the bounds of "the basket has it"

struct Bounds {
  std::int64_t min = 0;
  std::int64_t max = kNoMaximum;
  bool operator==(const Bounds&) const = default;
};

struct ConditionProgram {
  std::vector<ConditionNode> nodes;
  std::vector<Bounds> bounds{{1000, kNoMaximum}};

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.nodes, self.bounds);
  }

  std::size_t bytes() const {
    return nodes.size() * sizeof(ConditionNode) + bounds.size() * sizeof(Bounds);
  }
};

// A minimum of one piece is met by any quantity: 0.350 kg of apples is apples.
constexpr bool is_within(std::int64_t quantity_milli, const Bounds& bounds) {
  const bool is_enough = bounds.min == 1000 ? quantity_milli > 0 : quantity_milli >= bounds.min;
  return is_enough && quantity_milli <= bounds.max;
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_PROGRAM_H_

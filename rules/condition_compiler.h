// Turns a rule's condition into nodes, and finds out what can make it true: the terms to hang the
// rule under. Threads: one at a time, off the scan thread.
#ifndef XSELL_RULES_CONDITION_COMPILER_H_
#define XSELL_RULES_CONDITION_COMPILER_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/id_slots.h"
#include "rules/index_hash.h"
#include "rules/part_compiler.h"
#include "rules/rule_index.h"
#include "rules/silence.h"

namespace xsell::rules {

struct CompiledCondition {
  DropReason refused =
      DropReason::kNone;            // kUnsupported or kUnknownTarget: the rule cannot be served
  std::uint32_t root = kNoId;       // into the program; kNoId: only_term says it all
  std::uint32_t only_term = kNoId;  // the condition is no more than: the basket holds this term

  // While the condition holds, the basket holds one of these terms; kAnyTerm when no narrower ones
  // are known.
  std::vector<std::uint32_t> cover;
  // Terms whose entering, or whose quantity, can make it true.
  std::vector<std::uint32_t> first;
  std::vector<std::uint32_t> more;
  // Terms that speak for the rule: those asked for, not those asked to be absent.
  std::vector<std::uint32_t> positive;
  bool is_live = false;  // looks at the whole basket, so that any change can make it true

  BasketTest test() const {
    return only_term != kNoId ? BasketTest::of_term(only_term) : BasketTest::of_condition(root);
  }
};

class ConditionCompiler {
 public:
  ConditionCompiler(PartCompiler& parts, RuleIndex& index);

  // Appends to the index's conditions, audiences and names. The result is valid until the next
  // call.
  const CompiledCondition& compile(std::span<const ConditionRecord> condition);

 private:
  using Cover = std::vector<std::uint32_t>;

  bool compile_plainly(const ConditionRecord& condition);
  // Takes the next condition with all below it.
  void add(bool is_negated, Cover& cover);
  void add_all(std::uint32_t children, bool is_negated, Cover& cover);
  void add_any(std::uint32_t children, bool is_negated, Cover& cover);
  void add_quantity(const ConditionRecord& condition, std::uint32_t at, bool is_negated,
                    Cover& cover);
  bool is_flag_set(std::string_view flag) const;
  void find_only_term();
  void share_nodes();
  void refuse(DropReason reason);
  ConditionNode& node(std::uint32_t at) { return index_.conditions.nodes[at]; }

  PartCompiler& parts_;
  RuleIndex& index_;
  Interned<Bounds> bounds_;
  std::span<const ConditionRecord> left_;  // not yet taken of the condition
  IdSlots programs_;                       // roots of the different ones
  CompiledCondition result_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_COMPILER_H_

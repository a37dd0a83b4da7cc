// Turns a rule's condition into nodes, and finds out what can make it true: the terms to hang the
// rule under.
#ifndef XSELL_RULES_CONDITION_COMPILER_H_
#define XSELL_RULES_CONDITION_COMPILER_H_

#include <cstdint>
#include <vector>

#include "rules/model.h"
#include "rules/rule_index.h"
#include "rules/silence.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

struct CompiledCondition {
  DropReason refused =
      DropReason::kNone;            // kUnsupported or kUnknownTarget: the rule cannot be served
  std::uint32_t root = 0;           // into the program
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
};

// Appends to index.conditions, index.audiences and index.names.
CompiledCondition compile_condition(const Condition& condition, TermCompiler& terms,
                                    RuleIndex& index);

// Appends the test to index.audiences; operator roles and anonymity as for everyone.
std::uint32_t compile_segments(const SegmentTest& test, RuleIndex& index);

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_COMPILER_H_

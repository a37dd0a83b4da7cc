// The engine's working memory for one rule set, allocated with it so that taking a rule set over
// allocates nothing.
#ifndef XSELL_RULES_WORKSPACE_H_
#define XSELL_RULES_WORKSPACE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "rules/basket_state.h"
#include "rules/pair_evidence.h"
#include "rules/pass_memo.h"
#include "rules/rule_index.h"

namespace xsell::rules {

struct Workspace {
  explicit Workspace(const RuleIndex& index)
      : evidence(index),
        basket(index, evidence),
        passes(index),
        disabled_rules(index.rule_count() / 64 + 1, 0) {}

  void set_disabled(std::uint32_t rule, bool is_off) {
    const std::uint64_t bit = std::uint64_t{1} << (rule % 64);
    disabled_rules[rule / 64] =
        is_off ? disabled_rules[rule / 64] | bit : disabled_rules[rule / 64] & ~bit;
    has_disabled_rules = has_disabled_rules || is_off;
  }
  bool is_disabled(std::uint32_t rule) const {
    return (disabled_rules[rule / 64] >> (rule % 64) & 1) != 0;
  }
  // Empty while no rule was ever off, so that nobody need look.
  std::span<const std::uint64_t> disabled() const {
    return has_disabled_rules ? std::span<const std::uint64_t>(disabled_rules)
                              : std::span<const std::uint64_t>();
  }

  PairEvidence evidence;
  BasketState basket;
  PassMemo passes;
  std::vector<std::uint64_t> disabled_rules;  // one bit a rule
  bool has_disabled_rules = false;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_WORKSPACE_H_

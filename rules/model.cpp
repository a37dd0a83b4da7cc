#include "rules/model.h"

#include <algorithm>
#include <tuple>

namespace xsell::rules {

void RuleSet::put_in_order() {
  std::stable_sort(item_sets.begin(), item_sets.end(),
                   [](const ItemSet& a, const ItemSet& b) { return a.name < b.name; });
  std::stable_sort(rules.begin(), rules.end(),
                   [](const Rule& a, const Rule& b) { return a.rule_id < b.rule_id; });
  std::stable_sort(pairs.begin(), pairs.end(), [](const MinedPair& a, const MinedPair& b) {
    return std::tie(a.trigger, a.offer) < std::tie(b.trigger, b.offer);
  });
}

const ItemSet* RuleSet::find_set(std::string_view name) const {
  const auto found = std::find_if(item_sets.begin(), item_sets.end(),
                                  [&](const ItemSet& set) { return set.name == name; });
  return found != item_sets.end() ? &*found : nullptr;
}

const Rule* RuleSet::find_rule(std::string_view rule_id) const {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const Rule& rule) { return rule.rule_id == rule_id; });
  return found != rules.end() ? &*found : nullptr;
}

}  // namespace xsell::rules

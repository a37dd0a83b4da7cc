#include "rules/model.h"

#include <algorithm>
#include <tuple>

namespace xsell::rules {
namespace {

// Release lines come sorted, and moving fat rules about costs more than reading them.
template <typename Entries, typename Less>
void sort_unless_sorted(Entries& entries, Less less) {
  if (!std::is_sorted(entries.begin(), entries.end(), less)) {
    std::stable_sort(entries.begin(), entries.end(), less);
  }
}

}  // namespace

void RuleSet::put_in_order() {
  sort_unless_sorted(item_sets, [](const ItemSet& a, const ItemSet& b) { return a.name < b.name; });
  sort_unless_sorted(rules, [](const Rule& a, const Rule& b) { return a.rule_id < b.rule_id; });
  sort_unless_sorted(pairs, [](const MinedPair& a, const MinedPair& b) {
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

// Which items of a catalogue a selector means. Each distinct selector is worked out once.
// Threads: one at a time. Requires: the rule set and the catalogue outlive it and stay as they are;
// the catalogue is in order.
#ifndef XSELL_RULES_ITEM_SELECTION_H_
#define XSELL_RULES_ITEM_SELECTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/catalogue.h"
#include "rules/condition.h"
#include "rules/model.h"

namespace xsell::rules {

using ItemIndices = std::vector<std::uint32_t>;  // into Catalogue::items, sorted

class ItemSelection {
 public:
  ItemSelection(const RuleSet& rule_set, const Catalogue& catalogue);

  // Empty for a selector of an unknown set, and for items the catalogue does not have.
  const ItemIndices& items_of(const ItemSelector& selector);

  bool has_brand(std::string_view brand) const { return by_brand_.contains(std::string(brand)); }
  bool has_tag(std::string_view tag) const { return by_tag_.contains(std::string(tag)); }

 private:
  using Groups = std::unordered_map<std::string, ItemIndices>;

  ItemIndices expand(const ItemList& list) const;
  void add_category(const std::string& code, ItemIndices& out, std::size_t depth) const;
  ItemIndices named(const std::vector<ItemKey>& keys, const std::vector<std::string>& categories,
                    const std::vector<std::string>& brands,
                    const std::vector<std::string>& tags) const;

  const RuleSet& rule_set_;
  const Catalogue& catalogue_;
  Groups by_category_;  // directly in the category
  Groups by_brand_;
  Groups by_tag_;
  std::unordered_map<std::string, std::vector<std::string>> children_;
  std::unordered_map<std::string, ItemIndices> expanded_;
};

bool have_common(const ItemIndices& a, const ItemIndices& b);

}  // namespace xsell::rules

#endif  // XSELL_RULES_ITEM_SELECTION_H_

#include "rules/item_selection.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/document_writer.h"

namespace xsell::rules {
namespace {

void sort_unique(ItemIndices& indices) {
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
}

template <typename Groups>
void append_group(const Groups& groups, const std::string& name, ItemIndices& out) {
  const auto found = groups.find(name);
  if (found != groups.end()) out.insert(out.end(), found->second.begin(), found->second.end());
}

}  // namespace

ItemSelection::ItemSelection(const RuleSet& rule_set, const Catalogue& catalogue)
    : rule_set_(rule_set), catalogue_(catalogue) {
  for (std::uint32_t i = 0; i < catalogue.items.size(); ++i) {
    const Item& item = catalogue.items[i];
    if (!item.category.empty()) by_category_[item.category].push_back(i);
    if (!item.brand.empty()) by_brand_[item.brand].push_back(i);
    for (const std::string& tag : item.tags) by_tag_[tag].push_back(i);
  }
  for (const Category& category : catalogue.categories) {
    if (!category.parent.empty()) children_[category.parent].push_back(category.code);
  }
}

void ItemSelection::add_category(const std::string& code, ItemIndices& out,
                                 std::size_t depth) const {
  append_group(by_category_, code, out);
  const auto children = children_.find(code);
  constexpr std::size_t kDeepest = 32;  // a loop in the hierarchy ends here
  if (children == children_.end() || depth == kDeepest) return;
  for (const std::string& child : children->second) add_category(child, out, depth + 1);
}

ItemIndices ItemSelection::named(const std::vector<ItemKey>& keys,
                                 const std::vector<std::string>& categories,
                                 const std::vector<std::string>& brands,
                                 const std::vector<std::string>& tags) const {
  ItemIndices out;
  for (const ItemKey& key : keys) {
    if (const Item* item = catalogue_.find_item(key)) {
      out.push_back(static_cast<std::uint32_t>(item - catalogue_.items.data()));
    }
  }
  for (const std::string& category : categories) add_category(category, out, 0);
  for (const std::string& brand : brands) append_group(by_brand_, brand, out);
  for (const std::string& tag : tags) append_group(by_tag_, tag, out);
  sort_unique(out);
  return out;
}

ItemIndices ItemSelection::expand(const ItemList& list) const {
  ItemIndices chosen = named(list.items, list.categories, list.brands, list.tags);
  const bool names_nothing =
      list.items.empty() && list.categories.empty() && list.brands.empty() && list.tags.empty();
  if (names_nothing && list.has_price_band()) {
    chosen.resize(catalogue_.items.size());
    std::iota(chosen.begin(), chosen.end(), 0U);
  }
  const ItemIndices excluded =
      named(list.exclude_items, list.exclude_categories, list.exclude_brands, list.exclude_tags);
  ItemIndices out;
  std::set_difference(chosen.begin(), chosen.end(), excluded.begin(), excluded.end(),
                      std::back_inserter(out));
  if (list.has_price_band()) {
    std::erase_if(out, [&](std::uint32_t index) {
      const auto& price = catalogue_.items[index].price_minor;
      return !price || *price < list.min_price_minor || *price > list.max_price_minor;
    });
  }
  return out;
}

const ItemIndices& ItemSelection::items_of(const ItemSelector& selector) {
  const std::string name =
      selector.set.empty() ? to_canonical_json(write_item_list(selector.list)) : "=" + selector.set;
  const auto [entry, is_new] = expanded_.try_emplace(name);
  if (is_new) {
    if (selector.set.empty()) {
      entry->second = expand(selector.list);
    } else if (const ItemSet* set = rule_set_.find_set(selector.set)) {
      entry->second = expand(set->list);
    }
  }
  return entry->second;
}

bool have_common(const ItemIndices& a, const ItemIndices& b) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    if (*left == *right) return true;
    if (*left < *right) {
      ++left;
    } else {
      ++right;
    }
  }
  return false;
}

}  // namespace xsell::rules

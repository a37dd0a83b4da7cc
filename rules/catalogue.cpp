#include "rules/catalogue.h"

#include <algorithm>

namespace xsell::rules {

void Catalogue::put_in_order() {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.key < b.key; });
  std::stable_sort(categories.begin(), categories.end(),
                   [](const Category& a, const Category& b) { return a.code < b.code; });
}

const Item* Catalogue::find_item(const ItemKey& key) const {
  const auto found =
      std::lower_bound(items.begin(), items.end(), key,
                       [](const Item& item, const ItemKey& wanted) { return item.key < wanted; });
  return found != items.end() && found->key == key ? &*found : nullptr;
}

const Category* Catalogue::find_category(std::string_view code) const {
  const auto found = std::lower_bound(
      categories.begin(), categories.end(), code,
      [](const Category& category, std::string_view wanted) { return category.code < wanted; });
  return found != categories.end() && found->code == code ? &*found : nullptr;
}

bool Catalogue::is_within(std::string_view code, std::string_view ancestor) const {
  for (std::size_t steps = 0; steps <= categories.size() && !code.empty(); ++steps) {
    if (code == ancestor) return true;
    const Category* category = find_category(code);
    if (category == nullptr) return false;
    code = category->parent;
  }
  return false;
}

}  // namespace xsell::rules

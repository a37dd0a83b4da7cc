#include "hq/catalogue_store.h"

#include <algorithm>

namespace xsell::hq {
namespace {

using offline_cache::Statement;

std::vector<std::string> split_tags(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    const std::string_view tag = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), tag.size() + 1));
    if (!tag.empty()) tags.emplace_back(tag);
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

rules::Item read_item(const Statement& row) {
  rules::Item item;
  item.key = rules::ItemKey::from_text(row.column_text(0)).value_or(rules::ItemKey());
  if (!row.column_text(1).empty()) item.name.set(row.column_text(2), row.column_text(1));
  item.category = row.column_text(3);
  item.brand = row.column_text(4);
  item.tags = split_tags(row.column_text(5));
  item.item_class = row.column_text(6);
  item.variant_group = row.column_text(7);
  if (!row.is_null(8)) item.price_minor = row.column_int64(8);
  item.currency = rules::Currency::from_text(row.column_text(9)).value_or(rules::Currency());
  item.minimum_age = static_cast<std::int32_t>(row.column_int64(10));
  return item;
}

}  // namespace

rules::Catalogue load_catalogue(HqStore& store) {
  rules::Catalogue catalogue;
  Statement items = store.prepare(
      "SELECT item, name, language, category, brand, tags, item_class, variant_group, price_minor,"
      "  currency, minimum_age FROM items WHERE is_known = 1");
  while (items.step()) catalogue.items.push_back(read_item(items));
  Statement categories = store.prepare("SELECT category, parent, name FROM categories");
  while (categories.step()) {
    rules::Category category;
    category.code = categories.column_text(0);
    category.parent = categories.column_text(1);
    if (!categories.column_text(2).empty()) category.name.set("en", categories.column_text(2));
    catalogue.categories.push_back(std::move(category));
  }
  catalogue.put_in_order();
  return catalogue;
}

std::unordered_map<std::int64_t, ItemName> load_item_names(HqStore& store) {
  std::unordered_map<std::int64_t, ItemName> names;
  Statement items = store.prepare(
      "SELECT item_id, item, name, variant_group,"
      "  CASE WHEN item_class <> '' THEN item_class ELSE category END, is_known FROM items");
  while (items.step()) {
    names[items.column_int64(0)] = {.item = std::string(items.column_text(1)),
                                    .name = std::string(items.column_text(2)),
                                    .variant_group = std::string(items.column_text(3)),
                                    .item_class = std::string(items.column_text(4)),
                                    .is_known = items.column_int64(5) != 0};
  }
  return names;
}

bool are_kept_apart(const ItemName& a, const ItemName& b) {
  const auto are_equal = [](const std::string& one, const std::string& other) {
    return !one.empty() && one == other;
  };
  return are_equal(a.variant_group, b.variant_group) || are_equal(a.item_class, b.item_class);
}

}  // namespace xsell::hq

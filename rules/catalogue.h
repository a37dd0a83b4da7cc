// What the rules know of the assortment: items, and the categories they hang in.
#ifndef XSELL_RULES_CATALOGUE_H_
#define XSELL_RULES_CATALOGUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/item_key.h"
#include "rules/localised_text.h"
#include "rules/money.h"
#include "rules/place.h"

namespace xsell::rules {

struct Item {
  ItemKey key;
  LocalisedText name;
  std::string category;  // code, or empty
  std::string brand;
  std::vector<std::string> tags;  // sorted
  std::string variant_group;      // items of one group are variants of each other (sizes, colours)
  std::string item_class;         // what the same-class guard compares; empty: the category
  std::optional<std::int64_t> price_minor;
  Currency currency;  // of price_minor
  std::int32_t minimum_age = 0;
  bool is_in_assortment = true;
  std::int32_t leak = 0;  // fixed point, 65536 = 1: -ln(1 - chance of being bought for no seen
                          // reason), 0 when not mined
  Place place;

  std::string_view class_or_category() const { return item_class.empty() ? category : item_class; }
  bool operator==(const Item&) const = default;
};

struct Category {
  std::string code;
  std::string parent;  // code, or empty at the top
  LocalisedText name;
  std::int32_t minimum_age = 0;
  Place place;

  bool operator==(const Category&) const = default;
};

struct Catalogue {
  std::vector<Item> items;
  std::vector<Category> categories;

  // Sorts items by key and categories by code, as the look-ups below require.
  void put_in_order();
  // Requires: in order. Null when there is none.
  const Item* find_item(const ItemKey& key) const;
  const Category* find_category(std::string_view code) const;
  // Requires: in order. Whether code is ancestor itself or lies below it; a loop in the hierarchy
  // ends the walk.
  bool is_within(std::string_view code, std::string_view ancestor) const;

  bool operator==(const Catalogue&) const = default;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CATALOGUE_H_

#ifndef XSELL_HQ_CATALOGUE_STORE_H_
#define XSELL_HQ_CATALOGUE_STORE_H_

#include <cstdint>
#include <string>
#include <unordered_map>

#include "hq/store.h"
#include "rules/catalogue.h"

namespace xsell::hq {

// The items and categories that were imported, in order. Items that only baskets have named are
// left out.
rules::Catalogue load_catalogue(HqStore& store);

struct ItemName {
  std::string item;  // the key
  std::string name;  // empty when the catalogue does not know it
  std::string variant_group;
  std::string item_class;  // as lanes compare it: the category when it has none
  bool is_known = false;
};

// Whether lanes never offer the one for the other: variants, or two of one class.
bool are_kept_apart(const ItemName& a, const ItemName& b);

// By items.item_id, known or not.
std::unordered_map<std::int64_t, ItemName> load_item_names(HqStore& store);

}  // namespace xsell::hq

#endif  // XSELL_HQ_CATALOGUE_STORE_H_

// What must hold of the basket and the customer before a rule may speak: a tree of conditions over
// selections of items.
#ifndef XSELL_RULES_CONDITION_H_
#define XSELL_RULES_CONDITION_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "rules/item_key.h"
#include "rules/money.h"
#include "rules/place.h"

namespace xsell::rules {

inline constexpr std::int64_t kNoMaximum = std::numeric_limits<std::int64_t>::max();

// The items that carry any of these keys, categories (with all below them), brands or tags, at a
// price within the band, without the excluded ones. Only a price band: every item within it. Lists
// are sorted and hold nothing twice.
struct ItemList {
  std::vector<ItemKey> items;
  std::vector<std::string> categories;
  std::vector<std::string> brands;
  std::vector<std::string> tags;
  std::vector<ItemKey> exclude_items;
  std::vector<std::string> exclude_categories;
  std::vector<std::string> exclude_brands;
  std::vector<std::string> exclude_tags;
  std::int64_t min_price_minor = 0;  // in the policy's currency
  std::int64_t max_price_minor = kNoMaximum;

  bool has_price_band() const { return min_price_minor != 0 || max_price_minor != kNoMaximum; }
  bool is_empty() const { return *this == ItemList{}; }
  bool operator==(const ItemList&) const = default;
};

// A named set or a list written in place, never both.
struct ItemSelector {
  std::string set;
  ItemList list;
  Place place;

  bool is_empty() const { return set.empty() && list.is_empty(); }
  bool operator==(const ItemSelector&) const = default;
};

struct ItemSet {
  std::string name;
  ItemList list;
  Place place;
  bool operator==(const ItemSet&) const = default;
};

struct SegmentTest {
  std::vector<std::string> any_of;
  std::vector<std::string> none_of;
  bool is_empty() const { return any_of.empty() && none_of.empty(); }
  bool operator==(const SegmentTest&) const = default;
};

enum class ConditionKind : std::uint8_t {
  all,           // every child
  any,           // at least one child
  negation,      // "not": its one child does not hold
  basket_has,    // quantity of the selection within [min, max] thousandths; min 1000 unless said
  basket_count,  // quantity of the selection, or of the basket when it is empty, within [min, max]
                 // thousandths
  distinct_categories,  // number of different categories in the basket within [min, max]
  amount,               // basket total within [min, max] minor units of currency
  segment,              // the customer's segments
  bought_within,        // the customer bought one of the selection within the last `days` days
  due_for,              // one of the selection is due for this customer again
  near_miss,            // the basket misses at most `max` of the promotion `text`
  context,              // the flag `text` is set by headquarters
  unknown,              // `text` is its name: the rule is skipped and counted
};

struct Condition {
  ConditionKind kind = ConditionKind::all;  // without children: always holds
  std::vector<Condition> children;
  ItemSelector selector;
  std::int64_t min = 0;
  std::int64_t max = kNoMaximum;
  Currency currency;
  std::int32_t days = 0;
  SegmentTest segments;
  std::string text;
  std::string unknown_json;  // canonical, so that an unknown condition is passed on unchanged
  Place place;

  bool operator==(const Condition&) const = default;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CONDITION_H_

#ifndef XSELL_HQ_MINE_BASKET_TABLE_H_
#define XSELL_HQ_MINE_BASKET_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "hq/store.h"
#include "hq/time_range.h"

namespace xsell::hq {

// Past baskets in time order, each the set of items that were bought and kept, in the order they
// were first scanned. Items are dense numbers; what they stand for is in item_ids.
struct BasketTable {
  std::vector<std::int64_t> item_ids;     // item number -> items.item_id
  std::vector<std::uint32_t> items;       // all baskets behind each other
  std::vector<std::size_t> begins = {0};  // of each basket in items, and the end of the last
  std::vector<std::int64_t> times_s;      // of each basket
  std::vector<std::uint32_t> customers;   // of each basket, a number; 0: not known. May be empty
  std::size_t first_index = 0;            // of the first basket, when earlier ones are not here

  std::uint32_t customer(std::size_t basket) const {
    return customers.empty() ? 0 : customers[basket];
  }
  std::size_t basket_count() const { return begins.size() - 1; }
  std::span<const std::uint32_t> basket(std::size_t index) const {
    return {items.data() + begins[index], begins[index + 1] - begins[index]};
  }
};

// Baskets of the range, returns netted: within a basket by item, and a later return of a known
// customer against the latest earlier basket of that customer with the item. Baskets of which
// nothing is left are left out.
BasketTable load_baskets(HqStore& store, const TimeRange& range);

// What later transactions brought back, by the basket and item it came from.
struct BasketItem {
  std::int64_t basket_id;
  std::int64_t item_id;
  bool operator==(const BasketItem&) const = default;
};
struct BasketItemHash {
  std::size_t operator()(const BasketItem& key) const {
    return std::hash<std::int64_t>()(key.basket_id * 1'000'003 + key.item_id);
  }
};
using ReturnedQuantities = std::unordered_map<BasketItem, std::int64_t, BasketItemHash>;

ReturnedQuantities find_returned(HqStore& store);
// load_baskets() for who asks for several ranges.
BasketTable load_baskets(HqStore& store, const TimeRange& range,
                         const ReturnedQuantities& returned);

// Whether times tell the hour: lines then most likely stand in the order they were scanned.
bool stands_in_scan_order(const BasketTable& table);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_BASKET_TABLE_H_

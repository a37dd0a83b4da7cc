#ifndef XSELL_HQ_EVALUATE_HALVES_H_
#define XSELL_HQ_EVALUATE_HALVES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hq/mine/basket_table.h"
#include "rules/customer_past.h"

namespace xsell::hq {

struct SplitOptions {
  double test_share = 0.2;
  bool by_time = true;                  // the last baskets; else a seeded choice
  bool has_scan_order = true;           // else a test basket's items are shuffled by the seed
  std::uint32_t min_train_baskets = 5;  // that must hold an item for it to take part
  std::uint64_t seed = 1;
};

// What the customers of test baskets bought in earlier baskets, and nothing later.
struct CustomerPasts {
  std::vector<rules::RecentItem> items;   // all behind each other, by new number, latest first
  std::vector<std::size_t> begins = {0};  // of each test basket in items, and the end of the last
  std::vector<std::int32_t> visits;       // by test basket

  // Who bought nothing that the methods know is not known.
  bool is_known(std::size_t basket) const { return begins[basket + 1] > begins[basket]; }
  rules::CustomerPast of(std::size_t basket) const;
  std::size_t known_count() const;
};

// A history cut in two. What the methods learn from never sees the other half.
struct Halves {
  BasketTable train;                       // items renumbered; baskets that hold none of them stay
  std::vector<std::uint32_t> item_of;      // new item number -> that of the history
  std::vector<std::uint32_t> item_counts;  // train baskets with the item, by new number
  BasketTable test;                        // of two known items or more, in the order of scans
  std::vector<std::uint32_t> test_basket;  // its number in the history
  CustomerPasts pasts;
  std::size_t repeated = 0;  // test baskets of four or more items that some train basket equals

  std::size_t item_count() const { return item_of.size(); }
};

// Requires: the table is in time order when by_time.
Halves split_history(const BasketTable& table, const SplitOptions& options);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_HALVES_H_

#ifndef XSELL_HQ_EVALUATE_PAIR_TABLE_H_
#define XSELL_HQ_EVALUATE_PAIR_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hq/mine/pair_counts.h"

namespace xsell::hq {

// All items that shared a basket with an item, and how many baskets: what pair methods learn from.
struct PairTable {
  struct Entry {
    std::uint32_t item = 0;
    std::uint32_t joint_count = 0;
  };
  std::uint32_t basket_count = 0;
  std::vector<std::uint32_t> item_counts;
  std::vector<std::size_t> begins;
  std::vector<Entry> entries;  // by item, both directions, partners ascending

  std::size_t item_count() const { return item_counts.size(); }
  double base_rate(std::size_t item) const {
    return static_cast<double>(item_counts[item]) / basket_count;
  }
  std::span<const Entry> of(std::uint32_t item) const {
    return {entries.data() + begins[item], begins[item + 1] - begins[item]};
  }
};

// Of the baskets [begin, end).
PairTable build_pair_table(const BasketTable& table, std::size_t begin, std::size_t end);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_PAIR_TABLE_H_

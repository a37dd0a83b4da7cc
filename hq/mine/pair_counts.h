#ifndef XSELL_HQ_MINE_PAIR_COUNTS_H_
#define XSELL_HQ_MINE_PAIR_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hq/mine/basket_table.h"

namespace xsell::hq {

// Two items that share baskets; first < second.
struct PairCount {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::uint32_t joint_count = 0;
};

struct PairCounts {
  std::uint32_t basket_count = 0;
  std::vector<std::uint32_t> item_counts;  // baskets with the item, by item number
  std::vector<PairCount> pairs;            // with at least the minimum joint count
  std::uint64_t candidate_count = 0;       // all pairs of frequent items, seen together or not
};

// Exact counts over the baskets [begin, end) of the table. Frequent items are those in at least
// `min_joint_count` baskets; no other can reach that count together with another one.
PairCounts count_pairs(const BasketTable& table, std::size_t begin, std::size_t end,
                       std::uint32_t min_joint_count);

// All pairs of items that are in at least `min_joint_count` baskets.
std::uint64_t candidate_pairs(const std::vector<std::uint32_t>& item_counts,
                              std::uint32_t min_joint_count);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_PAIR_COUNTS_H_

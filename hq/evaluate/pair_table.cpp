#include "hq/evaluate/pair_table.h"

#include <algorithm>
#include <numeric>

namespace xsell::hq {

PairTable build_pair_table(const BasketTable& table, std::size_t begin, std::size_t end) {
  PairCounts counts = count_pairs(table, begin, end, 1);
  PairTable pairs;
  pairs.basket_count = counts.basket_count;
  pairs.item_counts = std::move(counts.item_counts);
  const std::size_t n = pairs.item_counts.size();
  pairs.begins.assign(n + 1, 0);
  for (const PairCount& pair : counts.pairs) {
    ++pairs.begins[pair.first + 1];
    ++pairs.begins[pair.second + 1];
  }
  std::partial_sum(pairs.begins.begin(), pairs.begins.end(), pairs.begins.begin());
  pairs.entries.resize(pairs.begins.back());
  std::vector<std::size_t> next(pairs.begins.begin(), pairs.begins.end() - 1);
  for (const PairCount& pair : counts.pairs) {
    pairs.entries[next[pair.first]++] = {pair.second, pair.joint_count};
    pairs.entries[next[pair.second]++] = {pair.first, pair.joint_count};
  }
  for (std::size_t item = 0; item < n; ++item) {
    const auto at = [&](std::size_t place) {
      return pairs.entries.begin() + static_cast<std::ptrdiff_t>(place);
    };
    std::sort(at(pairs.begins[item]), at(pairs.begins[item + 1]),
              [](const PairTable::Entry& a, const PairTable::Entry& b) { return a.item < b.item; });
  }
  return pairs;
}

}  // namespace xsell::hq

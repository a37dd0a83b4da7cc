#ifndef XSELL_HQ_MINE_HISTORY_COUNTS_H_
#define XSELL_HQ_MINE_HISTORY_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "hq/mine/basket_table.h"
#include "hq/mine/pair_counts.h"
#include "rules/flat_archive.h"

namespace xsell::hq {

inline constexpr double kRecentHalfLifeDays = 120;

// How many baskets of some stretch of time hold each item and each pair, none left out, so that the
// counts of two stretches add up to those of both. `recent` is the same with baskets that fade:
// each is worth half of one that is kRecentHalfLifeDays younger, one at `until_s` is worth 1.
struct HistoryCounts {
  struct Pair {
    std::uint32_t first = 0;  // item numbers, first < second
    std::uint32_t second = 0;
    std::uint32_t joint_count = 0;
    std::uint32_t unused = 0;  // files hold no bytes that nobody has set
    double recent_joint = 0;
  };
  std::int64_t from_s = std::numeric_limits<std::int64_t>::max();   // the first basket
  std::int64_t until_s = std::numeric_limits<std::int64_t>::min();  // the last
  std::uint32_t basket_count = 0;
  double recent_baskets = 0;
  std::vector<std::uint32_t> item_counts;
  std::vector<double> recent_items;
  std::vector<Pair> pairs;  // in order of first, second

  // As rules/flat_archive.h has it.
  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.from_s, self.until_s, self.basket_count, self.recent_baskets, self.item_counts,
            self.recent_items, self.pairs);
  }
};

// Counts the baskets [begin, end) exactly.
HistoryCounts count_history(const BasketTable& table, std::size_t begin, std::size_t end);

// Adds a stretch that shares no basket with those in `sum`.
void add_counts(HistoryCounts& sum, const HistoryCounts& more);

// Gives items new numbers: numbers[old] is the new one; there are `item_count` of those.
void renumber(HistoryCounts& counts, const std::vector<std::uint32_t>& numbers,
              std::size_t item_count);

// As count_pairs() would have it.
PairCounts frequent_pairs(const HistoryCounts& counts, std::uint32_t min_joint_count);

}  // namespace xsell::hq

template <>
inline constexpr bool xsell::rules::archive::kIsWithoutGaps<xsell::hq::HistoryCounts::Pair> = true;

#endif  // XSELL_HQ_MINE_HISTORY_COUNTS_H_

#include "hq/mine/pair_counts.h"

#include <algorithm>
#include <span>
#include <utility>

namespace xsell::hq {
namespace {

constexpr std::uint32_t kNotFrequent = 0xffffffff;
// A row of counters is searched whole unless so many times fewer steps filled it.
constexpr std::size_t kSparseRow = 4;
constexpr std::size_t kAhead = 8;  // baskets that are fetched into the cache before their turn

// The frequent items, renumbered so that rare ones come first: the rarer item of a pair then pays
// for the pair.
struct Ranks {
  std::vector<std::uint32_t> items;  // rank -> item number
  std::vector<std::uint32_t> of;     // item number -> rank, or kNotFrequent
};

Ranks rank_items(const std::vector<std::uint32_t>& item_counts, std::uint32_t min_count) {
  Ranks ranks;
  for (std::uint32_t item = 0; item < item_counts.size(); ++item) {
    if (item_counts[item] >= min_count) ranks.items.push_back(item);
  }
  std::sort(ranks.items.begin(), ranks.items.end(), [&](std::uint32_t a, std::uint32_t b) {
    return item_counts[a] != item_counts[b] ? item_counts[a] < item_counts[b] : a < b;
  });
  ranks.of.assign(item_counts.size(), kNotFrequent);
  for (std::uint32_t rank = 0; rank < ranks.items.size(); ++rank) {
    ranks.of[ranks.items[rank]] = rank;
  }
  return ranks;
}

// Which baskets hold each item. Baskets are numbered from the first that was asked for.
struct Holders {
  std::vector<std::size_t> begins;  // by rank
  std::vector<std::uint32_t> baskets;

  std::span<const std::uint32_t> of(std::size_t rank) const {
    return {baskets.data() + begins[rank], begins[rank + 1] - begins[rank]};
  }
};

Holders find_holders(const BasketTable& table, std::size_t begin, std::size_t end,
                     const Ranks& ranks, const std::vector<std::uint32_t>& item_counts) {
  Holders holders;
  holders.begins.reserve(ranks.items.size() + 1);
  holders.begins.push_back(0);
  for (const std::uint32_t item : ranks.items) {
    holders.begins.push_back(holders.begins.back() + item_counts[item]);
  }
  holders.baskets.resize(holders.begins.back());
  std::vector<std::size_t> next(holders.begins.begin(), holders.begins.end() - 1);
  for (std::size_t index = begin; index < end; ++index) {
    for (const std::uint32_t item : table.basket(index)) {
      const std::uint32_t rank = ranks.of[item];
      if (rank != kNotFrequent) {
        holders.baskets[next[rank]++] = static_cast<std::uint32_t>(index - begin);
      }
    }
  }
  return holders;
}

// The baskets as far as they have been filled.
class GrowingBaskets {
 public:
  GrowingBaskets(const BasketTable& table, std::size_t begin, std::size_t end)
      : ranks_(table.begins[end] - table.begins[begin]) {
    places_.reserve(end - begin);
    for (std::size_t index = begin; index < end; ++index) {
      const auto place = static_cast<std::uint32_t>(table.begins[index] - table.begins[begin]);
      places_.push_back({place, place});
    }
  }

  void prefetch_place(std::uint32_t basket) const { __builtin_prefetch(&places_[basket], 1); }
  void prefetch(std::uint32_t basket) const {
    __builtin_prefetch(ranks_.data() + places_[basket].begin, 1);
  }
  // Adds to a basket; returns what was in it.
  std::span<const std::uint32_t> add(std::uint32_t basket, std::uint32_t rank) {
    Place& place = places_[basket];
    ranks_[place.end] = rank;
    return {ranks_.data() + place.begin, ranks_.data() + place.end++};
  }
  std::span<const std::uint32_t> of(std::uint32_t basket) const {
    return {ranks_.data() + places_[basket].begin, ranks_.data() + places_[basket].end};
  }

 private:
  struct Place {
    std::uint32_t begin, end;
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> ranks_;
};

// Items go into the baskets from the most frequent on. What an item finds there are its pairs: no
// basket has to be sorted, and one row of counters is enough.
void count_rows(const BasketTable& table, std::size_t begin, std::size_t end, const Ranks& ranks,
                std::uint32_t min_joint_count, PairCounts& counts) {
  const std::size_t n = ranks.items.size();
  const Holders holders = find_holders(table, begin, end, ranks, counts.item_counts);
  GrowingBaskets baskets(table, begin, end);
  std::vector<std::uint32_t> row(n, 0);
  const auto take = [&](std::size_t a, std::size_t b) {
    const std::uint32_t joint_count = std::exchange(row[b], 0);
    if (joint_count < min_joint_count) return;
    const auto [first, second] = std::minmax(ranks.items[a], ranks.items[b]);
    counts.pairs.push_back({first, second, joint_count});
  };
  for (std::size_t a = n; a-- > 0;) {
    const auto holding = holders.of(a);
    std::size_t steps = 0;
    for (std::size_t i = 0; i < holding.size(); ++i) {
      if (i + 2 * kAhead < holding.size()) {
        baskets.prefetch_place(holding[i + 2 * kAhead]);
        baskets.prefetch(holding[i + kAhead]);
      }
      const auto others = baskets.add(holding[i], static_cast<std::uint32_t>(a));
      for (const std::uint32_t b : others) ++row[b];
      steps += others.size();
    }
    if (steps * kSparseRow > n - a) {
      for (std::size_t b = a + 1; b < n; ++b) {
        if (row[b] >= min_joint_count) take(a, b);
      }
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(a), row.end(), 0);
    } else {
      for (const std::uint32_t basket : holding) {
        for (const std::uint32_t b : baskets.of(basket)) take(a, b);
      }
    }
  }
}

}  // namespace

PairCounts count_pairs(const BasketTable& table, std::size_t begin, std::size_t end,
                       std::uint32_t min_joint_count) {
  PairCounts counts;
  counts.basket_count = static_cast<std::uint32_t>(end - begin);
  counts.item_counts.assign(table.item_ids.size(), 0);
  for (std::size_t at = table.begins[begin]; at < table.begins[end]; ++at) {
    ++counts.item_counts[table.items[at]];
  }
  counts.candidate_count = candidate_pairs(counts.item_counts, min_joint_count);
  count_rows(table, begin, end, rank_items(counts.item_counts, min_joint_count), min_joint_count,
             counts);
  return counts;
}

std::uint64_t candidate_pairs(const std::vector<std::uint32_t>& item_counts,
                              std::uint32_t min_joint_count) {
  const auto n = static_cast<std::uint64_t>(
      std::count_if(item_counts.begin(), item_counts.end(),
                    [&](std::uint32_t count) { return count >= min_joint_count; }));
  return n == 0 ? 0 : n * (n - 1) / 2;
}

}  // namespace xsell::hq

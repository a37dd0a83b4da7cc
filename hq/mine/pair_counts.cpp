#include "hq/mine/pair_counts.h"

#include <algorithm>
#include <numeric>

namespace xsell::hq {
namespace {

constexpr std::uint32_t kNotFrequent = 0xffffffff;
// Up to here a triangle of counters (64 MiB at most) is quicker than lists.
constexpr std::size_t kMaxDenseItems = 5792;

// The baskets with frequent items only, renumbered so that rare items come first: the rarer item of
// a pair then pays for the pair, and its list is short.
struct Recoded {
  std::vector<std::uint32_t> items;  // rank -> item number
  std::vector<std::uint32_t> ranks;  // all baskets behind each other, each ascending
  std::vector<std::size_t> begins = {0};
};

Recoded recode(const BasketTable& table, std::size_t begin, std::size_t end,
               const std::vector<std::uint32_t>& item_counts, std::uint32_t min_count) {
  Recoded recoded;
  for (std::uint32_t item = 0; item < item_counts.size(); ++item) {
    if (item_counts[item] >= min_count) recoded.items.push_back(item);
  }
  std::sort(recoded.items.begin(), recoded.items.end(), [&](std::uint32_t a, std::uint32_t b) {
    return item_counts[a] != item_counts[b] ? item_counts[a] < item_counts[b] : a < b;
  });
  std::vector<std::uint32_t> rank_of(item_counts.size(), kNotFrequent);
  for (std::uint32_t rank = 0; rank < recoded.items.size(); ++rank) {
    rank_of[recoded.items[rank]] = rank;
  }
  recoded.ranks.reserve(table.begins[end] - table.begins[begin]);
  for (std::size_t index = begin; index < end; ++index) {
    const std::size_t start = recoded.ranks.size();
    for (const std::uint32_t item : table.basket(index)) {
      if (rank_of[item] != kNotFrequent) recoded.ranks.push_back(rank_of[item]);
    }
    std::sort(recoded.ranks.begin() + static_cast<std::ptrdiff_t>(start), recoded.ranks.end());
    recoded.begins.push_back(recoded.ranks.size());
  }
  return recoded;
}

void add_pair(PairCounts& counts, const Recoded& recoded, std::size_t rank_a, std::size_t rank_b,
              std::uint32_t joint_count) {
  const std::uint32_t a = recoded.items[rank_a];
  const std::uint32_t b = recoded.items[rank_b];
  counts.pairs.push_back({std::min(a, b), std::max(a, b), joint_count});
}

void count_dense(const Recoded& recoded, std::uint32_t min_joint_count, PairCounts& counts) {
  const std::size_t n = recoded.items.size();
  // Row a holds the counters for b > a.
  std::vector<std::size_t> rows(n + 1, 0);
  for (std::size_t a = 0; a < n; ++a) rows[a + 1] = rows[a] + (n - 1 - a);
  std::vector<std::uint32_t> counters(rows[n], 0);
  for (std::size_t basket = 0; basket + 1 < recoded.begins.size(); ++basket) {
    for (std::size_t i = recoded.begins[basket]; i < recoded.begins[basket + 1]; ++i) {
      const std::uint32_t a = recoded.ranks[i];
      std::uint32_t* row = counters.data() + rows[a];
      for (std::size_t k = i + 1; k < recoded.begins[basket + 1]; ++k) {
        ++row[recoded.ranks[k] - a - 1];
      }
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t at = rows[a]; at < rows[a + 1]; ++at) {
      if (counters[at] >= min_joint_count) {
        add_pair(counts, recoded, a, a + 1 + (at - rows[a]), counters[at]);
      }
    }
  }
}

void count_sparse(const Recoded& recoded, std::uint32_t min_joint_count, PairCounts& counts) {
  const std::size_t n = recoded.items.size();
  // For each item, where it stands in each of its baskets: the more frequent items come after it.
  struct Place {
    std::uint32_t basket, offset;
  };
  std::vector<std::size_t> place_begins(n + 1, 0);
  for (const std::uint32_t rank : recoded.ranks) ++place_begins[rank + 1];
  std::partial_sum(place_begins.begin(), place_begins.end(), place_begins.begin());
  std::vector<Place> places(recoded.ranks.size());
  std::vector<std::size_t> next(place_begins.begin(), place_begins.end() - 1);
  for (std::size_t basket = 0; basket + 1 < recoded.begins.size(); ++basket) {
    const std::size_t begin = recoded.begins[basket];
    for (std::size_t i = begin; i < recoded.begins[basket + 1]; ++i) {
      places[next[recoded.ranks[i]]++] = {static_cast<std::uint32_t>(basket),
                                          static_cast<std::uint32_t>(i - begin)};
    }
  }
  std::vector<std::uint32_t> counters(n, 0);
  std::vector<std::uint32_t> touched;
  for (std::size_t a = 0; a < n; ++a) {
    touched.clear();
    for (std::size_t p = place_begins[a]; p < place_begins[a + 1]; ++p) {
      const auto [basket, offset] = places[p];
      const std::size_t end = recoded.begins[basket + 1];
      for (std::size_t k = recoded.begins[basket] + offset + 1; k < end; ++k) {
        const std::uint32_t b = recoded.ranks[k];
        if (counters[b]++ == 0) touched.push_back(b);
      }
    }
    for (const std::uint32_t b : touched) {
      if (counters[b] >= min_joint_count) add_pair(counts, recoded, a, b, counters[b]);
      counters[b] = 0;
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
  const Recoded recoded = recode(table, begin, end, counts.item_counts, min_joint_count);
  counts.candidate_count = candidate_pairs(counts.item_counts, min_joint_count);
  if (recoded.items.size() <= kMaxDenseItems) {
    count_dense(recoded, min_joint_count, counts);
  } else {
    count_sparse(recoded, min_joint_count, counts);
  }
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

#include "hq/mine/history_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hq/local_time.h"

namespace xsell::hq {
namespace {

double fading(std::int64_t from_s, std::int64_t until_s) {
  const double days = static_cast<double>(until_s - from_s) / kSecondsPerDay;
  return std::exp2(-days / kRecentHalfLifeDays);
}

bool is_before(const HistoryCounts::Pair& a, const HistoryCounts::Pair& b) {
  return a.first != b.first ? a.first < b.first : a.second < b.second;
}

void fade_to(HistoryCounts& counts, std::int64_t until_s) {
  if (counts.until_s == until_s) return;
  const double rest = fading(counts.until_s, until_s);
  counts.until_s = until_s;
  counts.recent_baskets *= rest;
  for (double& recent : counts.recent_items) recent *= rest;
  for (HistoryCounts::Pair& pair : counts.pairs) pair.recent_joint *= rest;
}

// Where each item stands in the baskets [begin, end) of sorted items.
struct Places {
  struct Place {
    std::uint32_t basket, offset;
  };
  std::vector<std::size_t> begins;
  std::vector<Place> places;
};

Places find_places(const std::vector<std::uint32_t>& sorted, const BasketTable& table,
                   std::size_t begin, std::size_t end,
                   const std::vector<std::uint32_t>& item_counts) {
  Places result;
  result.begins.assign(item_counts.size() + 1, 0);
  std::partial_sum(item_counts.begin(), item_counts.end(), result.begins.begin() + 1,
                   [](std::size_t sum, std::size_t count) { return sum + count; });
  result.places.resize(sorted.size());
  std::vector<std::size_t> next(result.begins.begin(), result.begins.end() - 1);
  const std::size_t offset = table.begins[begin];
  for (std::size_t basket = begin; basket < end; ++basket) {
    const std::size_t start = table.begins[basket] - offset;
    for (std::size_t at = start; at < table.begins[basket + 1] - offset; ++at) {
      result.places[next[sorted[at]]++] = {static_cast<std::uint32_t>(basket),
                                           static_cast<std::uint32_t>(at - start)};
    }
  }
  return result;
}

}  // namespace

HistoryCounts count_history(const BasketTable& table, std::size_t begin, std::size_t end) {
  HistoryCounts counts;
  const std::size_t item_count = table.item_ids.size();
  counts.item_counts.assign(item_count, 0);
  counts.recent_items.assign(item_count, 0);
  if (begin == end) return counts;
  counts.basket_count = static_cast<std::uint32_t>(end - begin);
  const auto [first, last] =
      std::minmax_element(table.times_s.begin() + static_cast<std::ptrdiff_t>(begin),
                          table.times_s.begin() + static_cast<std::ptrdiff_t>(end));
  counts.from_s = *first;
  counts.until_s = *last;

  const std::size_t offset = table.begins[begin];
  std::vector<std::uint32_t> sorted(
      table.items.begin() + static_cast<std::ptrdiff_t>(offset),
      table.items.begin() + static_cast<std::ptrdiff_t>(table.begins[end]));
  std::vector<double> worths(end);
  for (std::size_t basket = begin; basket < end; ++basket) {
    worths[basket] = fading(table.times_s[basket], counts.until_s);
    counts.recent_baskets += worths[basket];
    const auto items = sorted.begin();
    std::sort(items + static_cast<std::ptrdiff_t>(table.begins[basket] - offset),
              items + static_cast<std::ptrdiff_t>(table.begins[basket + 1] - offset));
    for (const std::uint32_t item : table.basket(basket)) {
      ++counts.item_counts[item];
      counts.recent_items[item] += worths[basket];
    }
  }

  const Places places = find_places(sorted, table, begin, end, counts.item_counts);
  std::vector<std::uint32_t> joint(item_count, 0);
  std::vector<double> recent(item_count, 0);
  std::vector<std::uint32_t> touched;
  for (std::uint32_t item = 0; item < item_count; ++item) {
    touched.clear();
    for (std::size_t p = places.begins[item]; p < places.begins[item + 1]; ++p) {
      const auto [basket, place] = places.places[p];
      const std::size_t stop = table.begins[basket + 1] - offset;
      for (std::size_t at = table.begins[basket] - offset + place + 1; at < stop; ++at) {
        const std::uint32_t other = sorted[at];
        if (joint[other]++ == 0) touched.push_back(other);
        recent[other] += worths[basket];
      }
    }
    std::sort(touched.begin(), touched.end());
    for (const std::uint32_t other : touched) {
      counts.pairs.push_back({.first = item,
                              .second = other,
                              .joint_count = joint[other],
                              .recent_joint = recent[other]});
      joint[other] = 0;
      recent[other] = 0;
    }
  }
  return counts;
}

void add_counts(HistoryCounts& sum, const HistoryCounts& more) {
  const std::size_t item_count = std::max(sum.item_counts.size(), more.item_counts.size());
  sum.item_counts.resize(item_count, 0);
  sum.recent_items.resize(item_count, 0);
  if (more.basket_count == 0) return;
  if (sum.basket_count == 0) {
    sum = more;
    sum.item_counts.resize(item_count, 0);
    sum.recent_items.resize(item_count, 0);
    return;
  }
  const std::int64_t until_s = std::max(sum.until_s, more.until_s);
  fade_to(sum, until_s);
  const double rest = fading(more.until_s, until_s);
  sum.from_s = std::min(sum.from_s, more.from_s);
  sum.basket_count += more.basket_count;
  sum.recent_baskets += more.recent_baskets * rest;
  for (std::size_t item = 0; item < more.item_counts.size(); ++item) {
    sum.item_counts[item] += more.item_counts[item];
    sum.recent_items[item] += more.recent_items[item] * rest;
  }
  std::vector<HistoryCounts::Pair> pairs;
  pairs.reserve(sum.pairs.size() + more.pairs.size());
  auto at = sum.pairs.begin();
  for (HistoryCounts::Pair pair : more.pairs) {
    while (at != sum.pairs.end() && is_before(*at, pair)) pairs.push_back(*at++);
    pair.recent_joint *= rest;
    if (at != sum.pairs.end() && !is_before(pair, *at)) {
      pair.joint_count += at->joint_count;
      pair.recent_joint += at->recent_joint;
      ++at;
    }
    pairs.push_back(pair);
  }
  pairs.insert(pairs.end(), at, sum.pairs.end());
  sum.pairs = std::move(pairs);
}

void renumber(HistoryCounts& counts, const std::vector<std::uint32_t>& numbers,
              std::size_t item_count) {
  std::vector<std::uint32_t> item_counts(item_count, 0);
  std::vector<double> recent_items(item_count, 0);
  for (std::size_t item = 0; item < counts.item_counts.size(); ++item) {
    if (counts.item_counts[item] == 0) continue;
    item_counts[numbers[item]] += counts.item_counts[item];
    recent_items[numbers[item]] += counts.recent_items[item];
  }
  counts.item_counts = std::move(item_counts);
  counts.recent_items = std::move(recent_items);
  for (HistoryCounts::Pair& pair : counts.pairs) {
    pair.first = numbers[pair.first];
    pair.second = numbers[pair.second];
    if (pair.first > pair.second) std::swap(pair.first, pair.second);
  }
  std::sort(counts.pairs.begin(), counts.pairs.end(), is_before);
}

PairCounts frequent_pairs(const HistoryCounts& counts, std::uint32_t min_joint_count) {
  PairCounts frequent;
  frequent.basket_count = counts.basket_count;
  frequent.item_counts = counts.item_counts;
  for (const HistoryCounts::Pair& pair : counts.pairs) {
    if (pair.joint_count < min_joint_count) continue;
    frequent.pairs.push_back({pair.first, pair.second, pair.joint_count});
  }
  frequent.candidate_count = candidate_pairs(counts.item_counts, min_joint_count);
  return frequent;
}

}  // namespace xsell::hq

#include "hq/evaluate/halves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "hq/evaluate/random.h"
#include "hq/mine/customer_history.h"

namespace xsell::hq {
namespace {

constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kMinRepeatedItems = 4;

std::vector<std::uint8_t> choose_test(std::size_t count, const SplitOptions& options) {
  const auto wanted =
      static_cast<std::size_t>(std::lround(static_cast<double>(count) * options.test_share));
  std::vector<std::uint8_t> is_test(count, 0);
  if (options.by_time) {
    std::fill(is_test.end() - static_cast<std::ptrdiff_t>(wanted), is_test.end(), std::uint8_t{1});
    return is_test;
  }
  std::vector<std::uint32_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint32_t>(i);
  Random random(options.seed);
  random.shuffle(std::span(order));
  for (std::size_t i = 0; i < wanted; ++i) is_test[order[i]] = 1;
  return is_test;
}

void append_basket(BasketTable& table, std::span<const std::uint32_t> items, std::int64_t time_s,
                   std::uint32_t customer) {
  table.items.insert(table.items.end(), items.begin(), items.end());
  table.begins.push_back(table.items.size());
  table.times_s.push_back(time_s);
  table.customers.push_back(customer);
}

std::uint64_t hash_of_set(std::vector<std::uint32_t> items) {
  std::sort(items.begin(), items.end());
  std::uint64_t hash = items.size();
  for (const std::uint32_t item : items) hash = Random(hash ^ item).next();
  return hash;
}

}  // namespace

rules::CustomerPast CustomerPasts::of(std::size_t basket) const {
  rules::CustomerPast past;
  past.visits = visits[basket];
  for (std::size_t i = begins[basket]; i < begins[basket + 1]; ++i) past.items.push(items[i]);
  return past;
}

std::size_t CustomerPasts::known_count() const {
  std::size_t known = 0;
  for (std::size_t basket = 0; basket < visits.size(); ++basket) known += is_known(basket) ? 1 : 0;
  return known;
}

Halves split_history(const BasketTable& table, const SplitOptions& options) {
  Halves halves;
  const std::size_t count = table.basket_count();
  const std::vector<std::uint8_t> is_test = choose_test(count, options);

  std::vector<std::uint32_t> counts(table.item_ids.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_test[i] != 0) continue;
    for (const std::uint32_t item : table.basket(i)) ++counts[item];
  }
  std::vector<std::uint32_t> number(counts.size(), kUnknown);
  for (std::uint32_t item = 0; item < counts.size(); ++item) {
    if (counts[item] < options.min_train_baskets) continue;
    number[item] = static_cast<std::uint32_t>(halves.item_of.size());
    halves.item_of.push_back(item);
    halves.item_counts.push_back(counts[item]);
    halves.train.item_ids.push_back(table.item_ids[item]);
  }
  halves.test.item_ids = halves.train.item_ids;

  std::unordered_set<std::uint64_t> train_sets;
  std::vector<std::uint32_t> items;
  const auto take_items = [&](std::size_t basket) {
    items.clear();
    for (const std::uint32_t item : table.basket(basket)) {
      if (number[item] != kUnknown) items.push_back(number[item]);
    }
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (is_test[i] != 0) continue;
    take_items(i);
    append_basket(halves.train, items, table.times_s[i], table.customer(i));
    if (items.size() >= kMinRepeatedItems) train_sets.insert(hash_of_set(items));
  }
  CustomerHistory customers(table);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_test[i] == 0) continue;
    take_items(i);
    if (items.size() < 2) continue;
    if (!options.has_scan_order) {
      Random random(options.seed * 1'000'003 + i);
      std::sort(items.begin(), items.end());
      random.shuffle(std::span(items));
    }
    append_basket(halves.test, items, table.times_s[i], table.customer(i));
    const rules::CustomerPast& past = customers.past_of(i);
    for (const rules::RecentItem& recent : past.items) {
      if (number[recent.item] == kUnknown) continue;
      halves.pasts.items.push_back({number[recent.item], recent.times, recent.days_ago});
    }
    halves.pasts.begins.push_back(halves.pasts.items.size());
    halves.pasts.visits.push_back(past.visits);
    halves.test_basket.push_back(static_cast<std::uint32_t>(i));
    if (items.size() >= kMinRepeatedItems && train_sets.count(hash_of_set(items)) != 0) {
      ++halves.repeated;
    }
  }
  return halves;
}

}  // namespace xsell::hq

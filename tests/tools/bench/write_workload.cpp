// Draws a workload. Splitmix64 for the dice; popularity falls with the rank (Zipf).
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <span>
#include <stdexcept>
#include <unordered_set>

#include "rules/stable_hash.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {
namespace {

constexpr int kItems = 30'000;
constexpr int kCategories = 400;
constexpr int kBrands = 2'000;
constexpr int kGroups = 20;
constexpr int kSegments = 8;
constexpr int kBaskets = 1'000;
constexpr int kBigBaskets = 20;
constexpr int kLongestBasket = 200;
constexpr double kMeanLines = 12;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return rules::mix_bits(state_ += 0x9e3779b97f4a7c15u); }
  int below(int limit) {
    return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(limit) >> 32);
  }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

// Items by popularity: the item of rank r is bought 1/r as often as the first.
class Popularity {
 public:
  explicit Popularity(Dice& dice) : item_of_rank_(kItems), sum_(kItems) {
    std::iota(item_of_rank_.begin(), item_of_rank_.end(), 0);
    for (int i = kItems - 1; i > 0; --i) {
      std::swap(item_of_rank_[static_cast<std::size_t>(i)],
                item_of_rank_[static_cast<std::size_t>(dice.below(i + 1))]);
    }
    double sum = 0;
    for (int rank = 0; rank < kItems; ++rank)
      sum_[static_cast<std::size_t>(rank)] = sum += 1.0 / (rank + 1);
  }
  int draw(Dice& dice) const {
    const auto at = std::lower_bound(sum_.begin(), sum_.end() - 1, dice.share() * sum_.back());
    return item_of_rank_[static_cast<std::size_t>(at - sum_.begin())];
  }

 private:
  std::vector<int> item_of_rank_;
  std::vector<double> sum_;
};

void write_bytes(const std::string& path, std::span<const char> bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

template <typename Value>
void write_records(const std::string& path, const std::vector<Value>& values) {
  write_bytes(path, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)});
}

std::vector<CatalogItem> draw_catalog(Dice& dice) {
  std::vector<CatalogItem> items(kItems);
  for (CatalogItem& item : items) {
    // Prices around 2.50, some far higher.
    const double bell = dice.share() + dice.share() + dice.share() - 1.5;
    const auto price = static_cast<std::int32_t>(std::lround(250 * std::exp(1.6 * bell)));
    item = {dice.below(kCategories), dice.below(kBrands), std::max(19, price)};
  }
  return items;
}

void write_baskets(const std::string& path, int count, bool is_big, const Popularity& popularity,
                   Dice& dice) {
  std::vector<std::int32_t> numbers;
  for (int i = 0; i < count; ++i) {
    const double lines = 1 + std::floor(std::log(1 - dice.share()) / std::log(1 - 1 / kMeanLines));
    const int size = is_big ? kLongestBasket : std::min(kLongestBasket, static_cast<int>(lines));
    for (const int number : {dice.below(kGroups), dice.below(kSegments), dice.below(7),
                             480 + dice.below(13 * 60), size})
      numbers.push_back(number);
    for (int line = 0; line < size; ++line) numbers.push_back(popularity.draw(dice));
  }
  write_records(path, numbers);
}

class RuleDraw {
 public:
  RuleDraw(const std::string& kind, const std::vector<CatalogItem>& items,
           const Popularity& popularity, Dice& dice)
      : is_flat_(kind == "flat"),
        is_limited_(kind == "cond"),
        items_(items),
        popularity_(popularity),
        dice_(dice) {}

  RuleRecord draw(int id) {
    RuleRecord rule;
    rule.id = id;
    const int shape = dice_.below(100);
    if (shape < 60) {  // one item
      rule.item1 = trigger_item();
    } else if (shape < 80) {  // a category
      rule.category = trigger_category();
    } else if (shape < 90) {  // two items
      rule.item1 = trigger_item();
      do rule.item2 = trigger_item();
      while (rule.item2 == rule.item1);
    } else if (shape < 95) {  // so much of a category, or of money
      rule.category = trigger_category();
      (dice_.chance(50) ? rule.min_quantity : rule.min_total_minor) =
          dice_.chance(50) ? 2 + dice_.below(4) : 1'000 + 500 * dice_.below(13);
    } else {  // unless something is there, at its hours, for some customers
      (dice_.chance(50) ? rule.item1 : rule.category) = 0;
      if (rule.item1 == 0) rule.item1 = trigger_item();
      if (rule.category == 0) rule.category = trigger_category();
      put_absence(rule);
      if (dice_.chance(57)) put_hours(rule);
      if (dice_.chance(57)) rule.group = static_cast<std::int8_t>(dice_.below(kGroups));
      if (dice_.chance(57)) rule.segment = static_cast<std::int8_t>(dice_.below(kSegments));
    }
    if (is_limited_) {
      if (rule.group < 0 && dice_.chance(50))
        rule.group = static_cast<std::int8_t>(dice_.below(kGroups));
      if (rule.segment < 0 && dice_.chance(50))
        rule.segment = static_cast<std::int8_t>(dice_.below(kSegments));
      if (rule.from_minute < 0 && dice_.chance(50)) put_hours(rule);
    }
    put_offer(rule);
    return rule;
  }

 private:
  int trigger_item() { return is_flat_ ? dice_.below(kItems) : popularity_.draw(dice_); }
  int trigger_category() {
    return is_flat_ ? dice_.below(kCategories) : category_of(popularity_.draw(dice_));
  }
  int category_of(int item) const { return items_[static_cast<std::size_t>(item)].category; }

  void put_absence(RuleRecord& rule) {
    const int own = rule.item1 >= 0 ? category_of(rule.item1) : rule.category;
    if (dice_.chance(50)) {
      do rule.absent_item = popularity_.draw(dice_);
      while (rule.absent_item == rule.item1);
    } else {
      do rule.absent_category = dice_.below(kCategories);
      while (rule.absent_category == own);
    }
  }
  void put_hours(RuleRecord& rule) {
    rule.from_minute = static_cast<std::int16_t>(60 * (8 + dice_.below(8)));
    rule.to_minute = static_cast<std::int16_t>(rule.from_minute + 60 * (2 + dice_.below(6)));
    constexpr std::int8_t kDays[] = {-1, -1, 0x60, 0x1f};
    rule.weekdays = kDays[dice_.below(4)];
  }
  void put_offer(RuleRecord& rule) {
    if (rule.category >= 0 && dice_.chance(50)) {
      int category = 0;
      do category = dice_.below(kCategories);
      while (category == rule.category);
      rule.offer = ~category;
      return;
    }
    do rule.offer = dice_.chance(50) ? popularity_.draw(dice_) : dice_.below(kItems);
    while (rule.offer == rule.item1 || rule.offer == rule.item2);
  }

  bool is_flat_;
  bool is_limited_;
  const std::vector<CatalogItem>& items_;
  const Popularity& popularity_;
  Dice& dice_;
};

// What two rules must not have in common, but for their limits and scores.
std::uint64_t essence_of(const RuleRecord& rule) {
  rules::StableHash hash;
  for (const int part :
       {rule.item1, rule.item2, rule.category, rule.min_quantity, rule.min_total_minor, rule.offer})
    hash.add(static_cast<std::uint64_t>(part));
  return hash.value();
}

}  // namespace

void write_workload(const WorkloadName& name, std::uint64_t seed) {
  Dice dice(seed);
  const Popularity popularity(dice);
  const std::vector<CatalogItem> items = draw_catalog(dice);
  write_records(name.folder + "/catalog.bin", items);
  write_baskets(name.folder + "/baskets.bin", kBaskets, false, popularity, dice);
  write_baskets(name.folder + "/baskets_big.bin", kBigBaskets, true, popularity, dice);

  Dice rule_dice(rules::StableHash()
                     .add(seed)
                     .add(name.kind)
                     .add(static_cast<std::uint64_t>(name.rule_count))
                     .value());
  RuleDraw draw(name.kind, items, popularity, rule_dice);
  std::vector<RuleRecord> records;
  std::unordered_set<std::uint64_t> seen;
  while (records.size() < static_cast<std::size_t>(name.rule_count)) {
    const RuleRecord rule = draw.draw(static_cast<int>(records.size()));
    if (seen.insert(essence_of(rule)).second) records.push_back(rule);
  }
  std::vector<std::int32_t> scores(records.size());
  std::iota(scores.begin(), scores.end(), 1);
  for (std::size_t i = scores.size(); i > 1; --i)
    std::swap(scores[i - 1],
              scores[static_cast<std::size_t>(rule_dice.below(static_cast<int>(i)))]);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].score = scores[i];
  write_records(
      name.folder + "/rules_" + name.kind + "_" + std::to_string(name.rule_count) + ".bin",
      records);
}

}  // namespace xsell::bench

#include "hq/mine/pack.h"

#include <algorithm>
#include <cmath>

#include "hq/local_time.h"
#include "hq/statistics.h"

namespace xsell::hq {
namespace {

constexpr double kOne = 65536;
constexpr double kLambda = 0.6;
constexpr double kShrinkageBaskets = 10;
constexpr double kMilli = 1000;

std::int32_t to_fixed(double value) { return static_cast<std::int32_t>(std::lround(value * kOne)); }

bool is_stronger(const MinedRule& a, const MinedRule& b) {
  if (a.weight != b.weight) return a.weight > b.weight;
  if (a.joint_count != b.joint_count) return a.joint_count > b.joint_count;
  return a.offer < b.offer;
}

}  // namespace

std::int32_t pair_weight(std::uint32_t joint_count, std::uint32_t trigger_count,
                         std::uint32_t offer_count, std::uint32_t basket_count) {
  const double base_rate = static_cast<double>(offer_count) / basket_count;
  const double confidence = std::min(
      1.0, (joint_count + kShrinkageBaskets * base_rate) / (trigger_count + kShrinkageBaskets));
  return to_fixed(-std::log1p(-kLambda * confidence * confidence));
}

std::int32_t leak_weight(std::uint32_t item_count, std::uint32_t basket_count) {
  const double base_rate = static_cast<double>(item_count) / basket_count;
  return to_fixed(-std::log1p(-kLambda * base_rate * base_rate));
}

double lift_lower_bound(std::uint32_t joint_count, std::uint32_t trigger_count,
                        std::uint32_t offer_count, std::uint32_t basket_count) {
  const double base_rate = static_cast<double>(offer_count) / basket_count;
  return wilson_interval(joint_count, trigger_count).low / base_rate;
}

Pack build_pack(const PairCounts& counts, const PackOptions& options) {
  Pack pack;
  pack.basket_count = counts.basket_count;
  pack.item_counts = counts.item_counts;
  pack.candidate_count = counts.candidate_count;
  pack.counted_pairs = counts.pairs.size();
  for (const std::uint32_t count : counts.item_counts) {
    pack.leaks.push_back(counts.basket_count == 0 ? 0 : leak_weight(count, counts.basket_count));
  }

  const LogFactorials log_factorials(counts.basket_count);
  std::vector<double> p_values;
  p_values.reserve(counts.pairs.size());
  for (const PairCount& pair : counts.pairs) {
    p_values.push_back(chance_of_joint_count(log_factorials, pair.joint_count,
                                             counts.item_counts[pair.first],
                                             counts.item_counts[pair.second], counts.basket_count));
  }
  std::vector<double> sorted = p_values;
  const double threshold =
      false_discovery_threshold(sorted, counts.candidate_count, options.false_discovery_rate);

  for (std::size_t i = 0; i < counts.pairs.size(); ++i) {
    const bool is_discovery = p_values[i] <= threshold;
    if (!is_discovery && !options.keeps_staples) continue;
    const PairCount& pair = counts.pairs[i];
    if (is_discovery) ++pack.discovered_pairs;
    if (options.is_excluded && options.is_excluded(pair.first, pair.second)) {
      ++pack.excluded_pairs;
      continue;
    }
    const auto keep = [&](std::uint32_t trigger, std::uint32_t offer) {
      const std::uint32_t trigger_count = counts.item_counts[trigger];
      const std::uint32_t offer_count = counts.item_counts[offer];
      const double lift_low =
          lift_lower_bound(pair.joint_count, trigger_count, offer_count, counts.basket_count);
      if (lift_low <= 1 && !options.keeps_staples) return;
      pack.rules.push_back(
          {trigger, offer, pair.joint_count,
           pair_weight(pair.joint_count, trigger_count, offer_count, counts.basket_count),
           p_values[i]});
    };
    keep(pair.first, pair.second);
    keep(pair.second, pair.first);
  }

  std::sort(pack.rules.begin(), pack.rules.end(), [](const MinedRule& a, const MinedRule& b) {
    return a.trigger != b.trigger ? a.trigger < b.trigger : is_stronger(a, b);
  });
  pack.begins.assign(counts.item_counts.size() + 1, 0);
  const std::uint32_t usual_offers = options.keeps_staples ? 50 : 20;
  const std::uint32_t max_offers =
      options.max_offers_per_trigger > 0 ? options.max_offers_per_trigger : usual_offers;
  std::size_t kept = 0;
  std::size_t at = 0;
  for (std::uint32_t item = 0; item < counts.item_counts.size(); ++item) {
    pack.begins[item] = kept;
    for (std::uint32_t rank = 0; at < pack.rules.size() && pack.rules[at].trigger == item;
         ++at, ++rank) {
      if (rank < max_offers) pack.rules[kept++] = pack.rules[at];
    }
  }
  pack.begins.back() = kept;
  pack.rules.resize(kept);
  return pack;
}

void add_recent_counts(Pack& pack, const BasketTable& table, std::size_t begin, std::size_t end,
                       double half_life_days) {
  double baskets = 0;
  std::vector<double> items(pack.item_counts.size(), 0);
  std::vector<double> joints(pack.rules.size(), 0);
  std::vector<std::uint8_t> is_in_basket(pack.item_counts.size(), 0);
  for (std::size_t index = begin; index < end; ++index) {
    const double age_days =
        static_cast<double>(table.times_s[end - 1] - table.times_s[index]) / kSecondsPerDay;
    const double worth = std::exp2(-age_days / half_life_days);
    baskets += worth;
    for (const std::uint32_t item : table.basket(index)) is_in_basket[item] = 1;
    for (const std::uint32_t item : table.basket(index)) {
      items[item] += worth;
      for (std::size_t at = pack.begins[item]; at < pack.begins[item + 1]; ++at) {
        if (is_in_basket[pack.rules[at].offer] != 0) joints[at] += worth;
      }
    }
    for (const std::uint32_t item : table.basket(index)) is_in_basket[item] = 0;
  }
  pack.recent_basket_milli = std::llround(baskets * kMilli);
  pack.recent_item_milli.clear();
  for (const double count : items) pack.recent_item_milli.push_back(std::llround(count * kMilli));
  for (std::size_t at = 0; at < joints.size(); ++at) {
    pack.rules[at].recent_joint_milli = std::llround(joints[at] * kMilli);
  }
}

std::size_t drop_rules(Pack& pack, const std::function<bool(const MinedRule&)>& is_unwanted) {
  const std::size_t before = pack.rules.size();
  std::size_t kept = 0;
  for (std::size_t item = 0; item + 1 < pack.begins.size(); ++item) {
    const std::size_t begin = pack.begins[item];
    pack.begins[item] = kept;
    for (std::size_t at = begin; at < pack.begins[item + 1]; ++at) {
      if (!is_unwanted(pack.rules[at])) pack.rules[kept++] = pack.rules[at];
    }
  }
  pack.begins.back() = kept;
  pack.rules.resize(kept);
  return before - kept;
}

void set_recent_counts(Pack& pack, const HistoryCounts& counts) {
  pack.recent_basket_milli = std::llround(counts.recent_baskets * kMilli);
  pack.recent_item_milli.clear();
  for (const double count : counts.recent_items) {
    pack.recent_item_milli.push_back(std::llround(count * kMilli));
  }
  for (MinedRule& rule : pack.rules) {
    const auto key = std::minmax(rule.trigger, rule.offer);
    const auto found = std::lower_bound(
        counts.pairs.begin(), counts.pairs.end(), key,
        [](const HistoryCounts::Pair& pair, const std::pair<std::uint32_t, std::uint32_t>& wanted) {
          return std::pair(pair.first, pair.second) < wanted;
        });
    rule.recent_joint_milli = std::llround(found->recent_joint * kMilli);
  }
}

}  // namespace xsell::hq

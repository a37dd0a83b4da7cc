#include "hq/mine/antecedent_counts.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "hq/mine/pair_counts.h"
#include "hq/statistics.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kOffersOfPair = 3;

// Pairs by their first item, so that any pair is found.
class PairLists {
 public:
  explicit PairLists(PairCounts counts) : counts_(std::move(counts)) {
    std::sort(counts_.pairs.begin(), counts_.pairs.end(),
              [](const PairCount& a, const PairCount& b) {
                return a.first != b.first ? a.first < b.first : a.second < b.second;
              });
    begins_.assign(counts_.item_counts.size() + 1, 0);
    for (const PairCount& pair : counts_.pairs) ++begins_[pair.first + 1];
    for (std::size_t item = 0; item + 1 < begins_.size(); ++item) {
      begins_[item + 1] += begins_[item];
    }
  }
  const PairCounts& counts() const { return counts_; }
  std::span<const PairCount> of(std::uint32_t first) const {
    return {counts_.pairs.data() + begins_[first], begins_[first + 1] - begins_[first]};
  }
  // 0 when it is below the minimum.
  std::uint32_t joint_count(std::uint32_t a, std::uint32_t b) const {
    const auto list = of(std::min(a, b));
    const std::uint32_t second = std::max(a, b);
    const auto found = std::lower_bound(
        list.begin(), list.end(), second,
        [](const PairCount& pair, std::uint32_t item) { return pair.second < item; });
    return found == list.end() || found->second != second ? 0 : found->joint_count;
  }

 private:
  PairCounts counts_;
  std::vector<std::size_t> begins_;
};

// How many items are looked at for one basket with both antecedents, on average.
double steps_a_basket(const BasketTable& table, std::size_t begin, std::size_t end) {
  double pairs = 0, steps = 0;
  for (std::size_t basket = begin; basket < end; ++basket) {
    const auto size = static_cast<double>(table.basket(basket).size());
    pairs += size * (size - 1);
    steps += size * size * (size - 1);
  }
  return pairs > 0 ? steps / pairs : 0;
}

std::uint32_t bounded_min_both(const PairCounts& counts, double steps,
                               const TwoAntecedentOptions& options) {
  std::vector<std::uint32_t> joints;
  for (const PairCount& pair : counts.pairs) {
    if (pair.joint_count >= options.min_both_count) joints.push_back(pair.joint_count);
  }
  std::sort(joints.rbegin(), joints.rend());
  double left = options.max_steps;
  for (std::size_t i = 0; i < joints.size(); ++i) {
    left -= steps * joints[i];
    // All pairs of the last count or none, so that the result does not hang on their order.
    if (left < 0 || i == options.max_antecedents) return joints[i] + 1;
  }
  return options.min_both_count;
}

class AntecedentCounter {
 public:
  AntecedentCounter(const BasketTable& table, std::size_t begin, std::size_t end,
                    const TwoAntecedentOptions& options)
      : table_(table),
        options_(options),
        pairs_(count_pairs(table, begin, end, options.min_joint_count)),
        log_factorials_(end - begin),
        holders_(pairs_.counts().item_counts.size()),
        with_both_(holders_.size()),
        is_partner_(holders_.size(), 0),
        joint_(holders_.size(), 0) {
    result_.min_both_count =
        bounded_min_both(pairs_.counts(), steps_a_basket(table, begin, end), options);
    for (std::uint32_t item = 0; item < holders_.size(); ++item) {
      holders_[item].reserve(pairs_.counts().item_counts[item]);
    }
    for (std::size_t basket = begin; basket < end; ++basket) {
      for (const std::uint32_t item : table.basket(basket)) {
        holders_[item].push_back(static_cast<std::uint32_t>(basket));
      }
    }
  }

  TwoAntecedentSearch run() {
    std::uint64_t antecedents = 0;
    for (std::uint32_t first = 0; first < holders_.size(); ++first) {
      partners_.clear();
      for (const PairCount& pair : pairs_.of(first)) {
        if (pair.joint_count >= result_.min_both_count) partners_.push_back(pair.second);
      }
      antecedents += partners_.size();
      find_baskets_with_both(first);
      for (const std::uint32_t second : partners_) {
        take_offers(first, second);
        with_both_[second].clear();
      }
    }
    const auto frequent = static_cast<std::uint64_t>(
        std::count_if(pairs_.counts().item_counts.begin(), pairs_.counts().item_counts.end(),
                      [&](std::uint32_t count) { return count >= options_.min_joint_count; }));
    result_.tried = frequent < 3 ? 0 : antecedents * (frequent - 2);
    keep_discoveries();
    return std::move(result_);
  }

 private:
  void find_baskets_with_both(std::uint32_t first) {
    if (partners_.empty()) return;
    for (const std::uint32_t second : partners_) is_partner_[second] = 1;
    for (const std::uint32_t basket : holders_[first]) {
      for (const std::uint32_t item : table_.basket(basket)) {
        if (is_partner_[item] != 0) with_both_[item].push_back(basket);
      }
    }
    for (const std::uint32_t second : partners_) is_partner_[second] = 0;
  }

  void take_offers(std::uint32_t first, std::uint32_t second) {
    touched_.clear();
    for (const std::uint32_t basket : with_both_[second]) {
      for (const std::uint32_t item : table_.basket(basket)) {
        if (joint_[item]++ == 0) touched_.push_back(item);
      }
    }
    const auto both = static_cast<std::uint32_t>(with_both_[second].size());
    const auto least = static_cast<std::uint32_t>(
        std::max<double>(options_.min_joint_count, std::ceil(options_.min_chance * both)));
    surest_.clear();
    for (const std::uint32_t offer : touched_) {
      const std::uint32_t joint = std::exchange(joint_[offer], 0);
      if (joint < least || offer == first || offer == second) continue;
      surest_.push_back({joint, offer});
    }
    std::sort(surest_.begin(), surest_.end(), [](const Surest& a, const Surest& b) {
      return a.joint != b.joint ? a.joint > b.joint : a.offer < b.offer;
    });
    std::size_t taken = 0;
    for (const auto& [joint, offer] : surest_) {
      if (taken == kOffersOfPair) break;
      if (is_excluded(first, offer) || is_excluded(second, offer)) continue;
      TwoAntecedentRule rule{.first = first,
                             .second = second,
                             .offer = offer,
                             .both_count = both,
                             .joint_count = joint};
      if (test(rule)) ++taken;
    }
  }

  bool is_excluded(std::uint32_t antecedent, std::uint32_t offer) const {
    return options_.is_excluded && options_.is_excluded(antecedent, offer);
  }

  // Beside each single rule: does the other antecedent go with the offer among the baskets with the
  // one? The rule must be better than both.
  bool test(TwoAntecedentRule& rule) {
    rule.p_value = 0;
    for (const std::uint32_t one : {rule.first, rule.second}) {
      const std::uint32_t single = pairs_.counts().item_counts[one];
      const std::uint32_t single_joint = pairs_.joint_count(one, rule.offer);
      rule.better_confidence =
          std::max(rule.better_confidence, static_cast<double>(single_joint) / single);
      rule.p_value =
          std::max(rule.p_value, chance_of_joint_count(log_factorials_, rule.joint_count,
                                                       single_joint, rule.both_count, single));
      if (rule.p_value > options_.false_discovery_rate) return false;
    }
    result_.rules.push_back(rule);
    return true;
  }

  void keep_discoveries() {
    std::vector<double> p_values;
    p_values.reserve(result_.rules.size());
    for (const TwoAntecedentRule& rule : result_.rules) p_values.push_back(rule.p_value);
    const double threshold =
        false_discovery_threshold(p_values, result_.tried, options_.false_discovery_rate);
    std::erase_if(result_.rules,
                  [&](const TwoAntecedentRule& rule) { return rule.p_value > threshold; });
    result_.significant = result_.rules.size();
  }

  struct Surest {
    std::uint32_t joint, offer;
  };

  const BasketTable& table_;
  const TwoAntecedentOptions& options_;
  const PairLists pairs_;
  const LogFactorials log_factorials_;
  TwoAntecedentSearch result_;
  std::vector<std::vector<std::uint32_t>> holders_;    // baskets of each item
  std::vector<std::vector<std::uint32_t>> with_both_;  // of those of the first, by partner
  std::vector<std::uint8_t> is_partner_;
  std::vector<std::uint32_t> joint_;
  std::vector<std::uint32_t> partners_, touched_;
  std::vector<Surest> surest_;
};

}  // namespace

TwoAntecedentSearch count_two_antecedents(const BasketTable& table, std::size_t begin,
                                          std::size_t end, const TwoAntecedentOptions& options) {
  return AntecedentCounter(table, begin, end, options).run();
}

}  // namespace xsell::hq

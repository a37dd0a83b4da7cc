#include "hq/mine/two_antecedents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <unordered_map>

#include "hq/mine/antecedent_counts.h"
#include "hq/mine/basket_player.h"
#include "hq/mine/pair_counts.h"
#include "hq/mine/ranker_fit.h"
#include "hq/statistics.h"

namespace xsell::hq {
namespace {

constexpr double kOne = 65536;
constexpr double kShrinkageScans = 10;
constexpr std::size_t kMaxPlayed = 50'000;

double chance_of(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

std::int32_t score_of(double chance) {
  const double p = std::clamp(chance, 1e-6, 1 - 1e-6);
  return static_cast<std::int32_t>(std::lround(std::log(p / (1 - p)) * kOne));
}

// Rules by the two that they wait for. Requires: in order of first, second.
class RulesOfPairs {
 public:
  explicit RulesOfPairs(std::span<const TwoAntecedentRule> rules) {
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      Range& range =
          ranges_.try_emplace(key(rules[i].first, rules[i].second), Range{i, i}).first->second;
      range.end = i + 1;
    }
  }
  struct Range {
    std::uint32_t begin = 0, end = 0;
  };
  Range of(std::uint32_t a, std::uint32_t b) const {
    const auto found = ranges_.find(key(a, b));
    return found == ranges_.end() ? Range{} : found->second;
  }

 private:
  static std::uint64_t key(std::uint32_t a, std::uint32_t b) {
    return std::uint64_t{std::min(a, b)} << 32 | std::max(a, b);
  }
  std::unordered_map<std::uint64_t, Range> ranges_;
};

// Plays baskets to the ranker, with the rules that each scan wakes.
class RulePlayer {
 public:
  RulePlayer(const Pack& pack, const rules::Ranker& ranker, const BasketTable& table,
             bool has_scan_order, std::span<const TwoAntecedentRule> rules)
      : baskets_(pack, ranker, {}, table, has_scan_order),
        pack_(pack),
        rules_(rules),
        by_pair_(rules) {}

  // All of the baskets [begin, end), or as many of them, evenly spread, as the bound allows;
  // visit() after each scan that counts.
  template <typename Visit>
  void play(std::size_t begin, std::size_t end, Visit visit) {
    const std::size_t step = (end - begin + kMaxPlayed - 1) / kMaxPlayed;
    for (std::size_t basket = begin; basket < end; basket += step) {
      baskets_.play(basket, basket + 1, [&] {
        wake();
        visit();
      });
    }
  }

  // Of the last scan: the rules it woke whose offer is not in the basket.
  std::span<const std::uint32_t> woken() const { return woken_; }
  std::span<const rules::RankedOffer> offers() { return baskets_.offers(); }
  // Requires: offers() since the last scan.
  double chance(std::uint32_t item) const {
    const rules::PairRanker& pairs = baskets_.pairs();
    if (pairs.is_spoken_for(item)) return chance_of(pairs.score(item) / kOne);
    return static_cast<double>(pack_.item_counts[item]) / pack_.basket_count;
  }
  bool is_scanned(std::uint32_t item) const {
    return baskets_.state(item) == BasketPlayer::kScanned;
  }
  bool is_to_come(std::uint32_t item) const {
    return baskets_.state(item) == BasketPlayer::kToCome;
  }

 private:
  void wake() {
    woken_.clear();
    const auto scanned = baskets_.scanned();
    for (const std::uint32_t earlier : scanned.first(scanned.size() - 1)) {
      const auto range = by_pair_.of(earlier, scanned.back());
      for (std::uint32_t rule = range.begin; rule < range.end; ++rule) {
        if (!is_scanned(rules_[rule].offer)) woken_.push_back(rule);
      }
    }
  }

  BasketPlayer baskets_;
  const Pack& pack_;
  const std::span<const TwoAntecedentRule> rules_;
  const RulesOfPairs by_pair_;
  std::vector<std::uint32_t> woken_;
};

void play_rules(std::vector<TwoAntecedentRule>& rules, const BasketTable& table, std::size_t begin,
                std::size_t end, const Pack& pack, const rules::Ranker& ranker,
                bool has_scan_order) {
  RulePlayer player(pack, ranker, table, has_scan_order, rules);
  player.play(begin, end, [&] {
    if (player.woken().empty()) return;
    player.offers();
    for (const std::uint32_t woken : player.woken()) {
      TwoAntecedentRule& rule = rules[woken];
      ++rule.scans;
      rule.expected += player.chance(rule.offer);
      if (player.is_to_come(rule.offer)) ++rule.hits;
    }
  });
}

void keep_what_pays(std::vector<TwoAntecedentRule>& rules, const TwoAntecedentOptions& options) {
  std::vector<double> p_values;
  p_values.reserve(rules.size());
  for (const TwoAntecedentRule& rule : rules) {
    p_values.push_back(chance_of_count(rule.hits, rule.expected));
  }
  std::vector<double> sorted = p_values;
  const double threshold =
      false_discovery_threshold(sorted, rules.size(), options.false_discovery_rate);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (p_values[i] <= threshold && rules[i].chance() >= options.min_chance) {
      rules[kept++] = rules[i];
    }
  }
  rules.resize(kept);
  if (kept <= options.max_rules) return;
  const auto gain = [](const TwoAntecedentRule& rule) { return rule.hits - rule.expected; };
  std::stable_sort(
      rules.begin(), rules.end(),
      [&](const TwoAntecedentRule& a, const TwoAntecedentRule& b) { return gain(a) > gain(b); });
  rules.resize(options.max_rules);
  std::sort(rules.begin(), rules.end(), [](const TwoAntecedentRule& a, const TwoAntecedentRule& b) {
    if (a.first != b.first) return a.first < b.first;
    return a.second != b.second ? a.second < b.second : a.offer < b.offer;
  });
}

struct BestOffer {
  std::int32_t score = std::numeric_limits<std::int32_t>::min();
  bool is_hit = false;
  bool is_by_rule = false;
};

// The surest share of the scans; of equal scores all.
struct Surest {
  std::size_t prompted = 0, hits = 0, by_rule = 0;
  std::int64_t min_score = std::numeric_limits<std::int32_t>::max();
};

Surest surest_of(std::vector<BestOffer> scans, double share) {
  Surest surest;
  std::sort(scans.begin(), scans.end(),
            [](const BestOffer& a, const BestOffer& b) { return a.score > b.score; });
  const auto wanted =
      std::min(scans.size(),
               static_cast<std::size_t>(std::lround(share * static_cast<double>(scans.size()))));
  if (wanted == 0) return surest;
  surest.min_score = scans[wanted - 1].score;
  for (const BestOffer& scan : scans) {
    if (scan.score < surest.min_score || scan.score == BestOffer().score) break;
    ++surest.prompted;
    if (scan.is_hit) ++surest.hits;
    if (scan.is_by_rule) ++surest.by_rule;
  }
  return surest;
}

TwoAntecedentTrial try_rules(const std::vector<TwoAntecedentRule>& rules, const BasketTable& table,
                             std::size_t begin, std::size_t end, const Pack& pack,
                             const rules::Ranker& ranker, bool has_scan_order, double surest) {
  std::vector<BestOffer> without, with;
  RulePlayer player(pack, ranker, table, has_scan_order, rules);
  player.play(begin, end, [&] {
    BestOffer best;
    for (const rules::RankedOffer& offer : player.offers()) {
      if (player.is_scanned(offer.item) || offer.score <= best.score) continue;
      best = {offer.score, player.is_to_come(offer.item), false};
    }
    without.push_back(best);
    for (const std::uint32_t woken : player.woken()) {
      const TwoAntecedentRule& rule = rules[woken];
      const std::int32_t score = score_of(rule.chance());
      if (score > best.score) best = {score, player.is_to_come(rule.offer), true};
    }
    with.push_back(best);
  });
  const Surest before = surest_of(std::move(without), surest);
  TwoAntecedentTrial trial;
  trial.scans = with.size();
  const Surest after = surest_of(std::move(with), surest);
  trial.prompted_without = before.prompted;
  trial.hits_without = before.hits;
  trial.prompted_with = after.prompted;
  trial.hits_with = after.hits;
  trial.by_rule = after.by_rule;
  trial.min_score = after.min_score;
  return trial;
}

// What the surest scans of the ranker alone reach.
double least_chance(const rules::Ranker& ranker, double surest) {
  const auto percent = static_cast<std::size_t>(std::lround(surest * 100));
  const std::size_t place = std::clamp<std::size_t>(percent, 1, ranker.surest_scores.size()) - 1;
  return chance_of(static_cast<double>(ranker.surest_scores[place]) / kOne);
}

}  // namespace

double TwoAntecedentRule::chance() const {
  if (scans == 0) return 0;
  return (hits + kShrinkageScans * expected / scans) / (scans + kShrinkageScans);
}

TwoAntecedentSearch find_two_antecedents(const BasketTable& table, std::size_t begin,
                                         std::size_t end, const Pack& pack,
                                         const rules::Ranker& ranker, bool has_scan_order,
                                         const TwoAntecedentOptions& options) {
  TwoAntecedentSearch search = count_two_antecedents(table, begin, end, options);
  play_rules(search.rules, table, begin, end, pack, ranker, has_scan_order);
  keep_what_pays(search.rules, options);
  return search;
}

TwoAntecedents mine_two_antecedents(const BasketTable& table, const Pack& pack,
                                    const rules::Ranker& ranker, double surest, bool has_scan_order,
                                    const PackOptions& options) {
  const std::size_t end = table.basket_count();
  const std::size_t split = end - static_cast<std::size_t>(static_cast<double>(end) * kFitShare);
  Pack first = build_pack(count_pairs(table, 0, split, options.min_joint_count), options);
  add_recent_counts(first, table, 0, split, kRecentHalfLifeDays);
  TwoAntecedentOptions search;
  search.min_joint_count = options.min_joint_count;
  search.false_discovery_rate = options.false_discovery_rate;
  search.is_excluded = options.is_excluded;
  search.min_chance = least_chance(ranker, surest);
  TwoAntecedents mined;
  mined.search = find_two_antecedents(table, 0, split, first, ranker, has_scan_order, search);
  mined.trial =
      try_rules(mined.search.rules, table, split, end, first, ranker, has_scan_order, surest);
  if (!mined.trial.pays()) {
    mined.search.rules.clear();
    return mined;
  }
  search.min_chance = chance_of(static_cast<double>(mined.trial.min_score) / kOne);
  mined.search = find_two_antecedents(table, 0, end, pack, ranker, has_scan_order, search);
  return mined;
}

}  // namespace xsell::hq

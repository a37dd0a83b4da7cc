#include "hq/evaluate/ranker_methods.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "hq/mine/pack_ranker.h"
#include "hq/mine/ranker_fit.h"
#include "hq/mine/two_antecedents.h"

namespace xsell::hq {
namespace {

// What lanes do, by the code of the lanes.
class LaneScores : public Recommender {
 public:
  LaneScores(const RankedPack& ranked, double surprise, bool knows_customers)
      : ranker_(ranked.pack, ranked.ranker, ranked.replenishment),
        surprise_(surprise),
        knows_customers_(knows_customers),
        surest_scores_(knows_customers ? ranked.replenishment.surest_scores
                                       : ranked.ranker.surest_scores),
        scores_(ranked.pack.item_counts.size(), kNever) {
    if (surprise == 0) return;
    for (const std::uint32_t count : ranked.pack.item_counts) {
      bits_.push_back(
          -std::log2(std::max(1.0, static_cast<double>(count)) / ranked.pack.basket_count));
    }
  }

  void begin_basket() override { ranker_.begin_basket(); }
  void identify(const rules::CustomerPast& past) override {
    if (knows_customers_) ranker_.identify(past);
  }
  void scan(std::uint32_t item) override { ranker_.scan(item); }
  std::optional<double> surest_score(int percent) const override {
    if (surprise_ != 0 || surest_scores_.empty()) return std::nullopt;
    return static_cast<double>(surest_scores_[static_cast<std::size_t>(percent) - 1]) / 65536.0;
  }
  std::span<const double> scores() override {
    std::fill(scores_.begin(), scores_.end(), kNever);
    for (const rules::RankedOffer& offer : ranker_.offers()) {
      const double log_odds = offer.score / 65536.0;
      scores_[offer.item] = surprise_ == 0 ? log_odds
                                           : surprise_ * std::log(bits_[offer.item]) -
                                                 std::log1p(std::exp(-log_odds));
    }
    return scores_;
  }

 private:
  static constexpr double kNever = -std::numeric_limits<double>::infinity();
  PackRanker ranker_;
  const double surprise_;
  const bool knows_customers_;
  const std::vector<std::int64_t> surest_scores_;
  std::vector<double> bits_;
  std::vector<double> scores_;
};

// Lanes with rules of two antecedents: a rule speaks at the scan that completes the two.
class WithRules : public Recommender {
 public:
  WithRules(std::unique_ptr<Recommender> lane, std::vector<TwoAntecedentRule> rules,
            std::size_t item_count)
      : lane_(std::move(lane)),
        rules_(std::move(rules)),
        rules_of_(item_count),
        is_scanned_(item_count, 0) {
    for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
      rules_of_[rules_[rule].first].push_back(rule);
      rules_of_[rules_[rule].second].push_back(rule);
    }
  }

  void begin_basket() override {
    lane_->begin_basket();
    for (const std::uint32_t item : scanned_) is_scanned_[item] = 0;
    scanned_.clear();
  }
  void scan(std::uint32_t item) override {
    lane_->scan(item);
    is_scanned_[item] = 1;
    scanned_.push_back(item);
  }
  std::optional<double> surest_score(int percent) const override {
    return lane_->surest_score(percent);
  }
  std::span<const double> scores() override {
    const auto scores = lane_->scores();
    scores_.assign(scores.begin(), scores.end());
    for (const std::uint32_t number : rules_of_[scanned_.back()]) {
      const TwoAntecedentRule& rule = rules_[number];
      if (is_scanned_[rule.first] == 0 || is_scanned_[rule.second] == 0) continue;
      const double odds = rule.chance() / (1 - rule.chance());
      scores_[rule.offer] = std::max(scores_[rule.offer], std::log(odds));
    }
    return scores_;
  }

 private:
  const std::unique_ptr<Recommender> lane_;
  const std::vector<TwoAntecedentRule> rules_;
  std::vector<std::vector<std::uint32_t>> rules_of_;  // by either antecedent
  std::vector<std::uint8_t> is_scanned_;
  std::vector<std::uint32_t> scanned_;
  std::vector<double> scores_;
};

constexpr double kUsualSurest = 0.15;

std::unique_ptr<Recommender> train_usual(const TrainingData& data) {
  return std::make_unique<LaneScores>(data.mined.usual(), 0, false);
}

std::unique_ptr<Recommender> train_with_staples(const TrainingData& data, double surprise) {
  PackOptions options = data.mined.pack_options();
  options.keeps_staples = true;
  return std::make_unique<LaneScores>(data.mined.with(options), surprise, false);
}

std::unique_ptr<Recommender> train_with_rules(const TrainingData& data) {
  const RankedPack& ranked = data.mined.usual();
  if (!ranked.ranker.is_fitted()) return nullptr;
  TwoAntecedents two = mine_two_antecedents(data.baskets, ranked.pack, ranked.ranker, kUsualSurest,
                                            data.mined.has_scan_order(), data.mined.pack_options());
  return std::make_unique<WithRules>(train_usual(data), std::move(two.search.rules),
                                     ranked.pack.item_counts.size());
}

std::unique_ptr<Recommender> train_for_customers(const TrainingData& data) {
  const RankedPack& ranked = data.mined.usual();
  if (!ranked.replenishment.is_fitted()) return nullptr;
  return std::make_unique<LaneScores>(ranked, 0, true);
}

}  // namespace

std::vector<Method> ranker_methods() {
  const auto with_staples = [](double surprise) {
    return [=](const TrainingData& data) { return train_with_staples(data, surprise); };
  };
  return {{"ranker", "xsell", train_usual, false},
          {"ranker_staples", "xsell, staples too", with_staples(0), false},
          {"ranker_surprise", "xsell, chance x surprise", with_staples(1), false}};
}

std::vector<Method> slow_methods() {
  return {{"ranker_two", "xsell, two antecedents too", train_with_rules, false}};
}

std::vector<Method> customer_methods() {
  return {{"known_without", "xsell, nobody known", train_usual, false, true},
          {"known", "xsell, with earlier purchases", train_for_customers, false, true}};
}

}  // namespace xsell::hq

#include "hq/evaluate/baselines.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xsell::hq {
namespace {

constexpr std::uint32_t kMinRuleBaskets = 5;

// Most methods start from a score of each item and let every scanned item change some of them.
class DenseScores : public Recommender {
 public:
  explicit DenseScores(std::vector<double> start) : start_(std::move(start)), scores_(start_) {}
  void begin_basket() override { scores_ = start_; }
  std::span<const double> scores() override { return scores_; }

 protected:
  std::vector<double> start_;
  std::vector<double> scores_;
};

std::vector<double> base_rates(const PairTable& pairs, double factor) {
  std::vector<double> rates(pairs.item_count());
  for (std::size_t j = 0; j < rates.size(); ++j) rates[j] = factor * pairs.base_rate(j);
  return rates;
}

class Popularity : public DenseScores {
 public:
  explicit Popularity(const PairTable& pairs) : DenseScores(base_rates(pairs, 1)) {}
  void scan(std::uint32_t) override {}
};

// Below every rule, in the order of popularity.
constexpr double kBelowRules = 1e-9;

class BestRule : public DenseScores {
 public:
  BestRule(const PairTable& pairs, bool by_lift)
      : DenseScores(base_rates(pairs, kBelowRules)), pairs_(pairs), by_lift_(by_lift) {}

  void scan(std::uint32_t item) override {
    for (const auto& [offer, joint] : pairs_.of(item)) {
      if (joint < kMinRuleBaskets) continue;
      const double confidence = static_cast<double>(joint) / pairs_.item_counts[item];
      const double score = by_lift_ ? confidence / pairs_.base_rate(offer) : confidence;
      scores_[offer] = std::max(scores_[offer], score);
    }
  }

 private:
  const PairTable& pairs_;
  const bool by_lift_;
};

class Cosine : public DenseScores {
 public:
  explicit Cosine(const PairTable& pairs)
      : DenseScores(std::vector<double>(pairs.item_count(), 0)), pairs_(pairs) {}

  void scan(std::uint32_t item) override {
    for (const auto& [offer, joint] : pairs_.of(item)) {
      scores_[offer] += joint / std::sqrt(static_cast<double>(pairs_.item_counts[item]) *
                                          static_cast<double>(pairs_.item_counts[offer]));
    }
  }

 private:
  const PairTable& pairs_;
};

class NoisyOr : public DenseScores {
 public:
  explicit NoisyOr(const PairTable& pairs) : DenseScores(base_rates(pairs, 1)), pairs_(pairs) {
    for (double& score : start_) score = -std::log1p(-kLambda * score);
  }

  void scan(std::uint32_t item) override {
    for (const auto& [offer, joint] : pairs_.of(item)) {
      const double confidence =
          (joint + kShrinkage * pairs_.base_rate(offer)) / (pairs_.item_counts[item] + kShrinkage);
      scores_[offer] -= std::log1p(-kLambda * confidence);
    }
  }

 private:
  static constexpr double kLambda = 0.6;
  static constexpr double kShrinkage = 10;
  const PairTable& pairs_;
};

class NaiveBayes : public DenseScores {
 public:
  explicit NaiveBayes(const PairTable& pairs)
      : DenseScores(std::vector<double>(pairs.item_count(), 0)),
        pairs_(pairs),
        sums_(pairs.item_count(), 0),
        never_together_(pairs.item_count()) {
    for (std::size_t j = 0; j < start_.size(); ++j) {
      const double rate = pairs.base_rate(j);
      start_[j] = std::log(rate / (1 - rate));
      never_together_[j] = std::log(kSmoothing / (pairs.item_counts[j] + kSmoothing));
    }
  }

  void begin_basket() override {
    std::fill(sums_.begin(), sums_.end(), 0);
    count_ = 0;
  }
  void scan(std::uint32_t item) override {
    ++count_;
    const double expected = kSmoothing * pairs_.base_rate(item);
    for (const auto& [offer, joint] : pairs_.of(item)) {
      sums_[offer] += std::log1p(joint / expected);
    }
  }
  std::span<const double> scores() override {
    const double temper = std::pow(count_, -0.7);
    for (std::size_t j = 0; j < scores_.size(); ++j) {
      scores_[j] = start_[j] + temper * (sums_[j] + count_ * never_together_[j]);
    }
    return scores_;
  }

 private:
  static constexpr double kSmoothing = 50;
  const PairTable& pairs_;
  std::vector<double> sums_;
  std::vector<double> never_together_;
  int count_ = 0;
};

class TwoAntecedents : public DenseScores {
 public:
  explicit TwoAntecedents(const TrainingData& data)
      : DenseScores(base_rates(data.pairs, kBelowRules)),
        baskets_(data.baskets),
        pairs_(data.pairs),
        joint_(data.pairs.item_count(), 0) {
    begins_.assign(pairs_.item_count() + 1, 0);
    for (const std::uint32_t item : baskets_.items) ++begins_[item + 1];
    for (std::size_t j = 0; j < pairs_.item_count(); ++j) begins_[j + 1] += begins_[j];
    holders_.resize(baskets_.items.size());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::uint32_t b = 0; b < baskets_.basket_count(); ++b) {
      for (const std::uint32_t item : baskets_.basket(b)) holders_[next[item]++] = b;
    }
  }

  void begin_basket() override {
    DenseScores::begin_basket();
    scanned_.clear();
  }

  void scan(std::uint32_t item) override {
    for (const auto& [offer, joint] : pairs_.of(item)) {
      if (joint >= kMinRuleBaskets) raise(offer, joint, pairs_.item_counts[item]);
    }
    if (scanned_.size() == kMaxAntecedents) return;
    for (const std::uint32_t other : scanned_) apply_pair(item, other);
    scanned_.push_back(item);
  }

 private:
  static constexpr std::size_t kMaxAntecedents = 20;  // of one basket, the first scanned
  static constexpr double kShrinkage = 10;

  std::span<const std::uint32_t> holders(std::uint32_t item) const {
    return {holders_.data() + begins_[item], begins_[item + 1] - begins_[item]};
  }
  std::uint32_t joint_count(std::uint32_t a, std::uint32_t b) const {
    const auto partners = pairs_.of(a);
    const auto found = std::lower_bound(
        partners.begin(), partners.end(), b,
        [](const PairTable::Entry& entry, std::uint32_t item) { return entry.item < item; });
    return found == partners.end() || found->item != b ? 0 : found->joint_count;
  }
  // Shrunk, or a chance meeting of five baskets would be a rule of confidence 1.
  void raise(std::uint32_t offer, std::uint32_t joint, std::uint32_t antecedent) {
    const double confidence =
        (joint + kShrinkage * pairs_.base_rate(offer)) / (antecedent + kShrinkage);
    scores_[offer] = std::max(scores_[offer], confidence);
  }
  void apply_pair(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t antecedent = joint_count(a, b);
    if (antecedent < kMinRuleBaskets) return;
    both_.clear();
    const auto of_a = holders(a);
    const auto of_b = holders(b);
    std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                          std::back_inserter(both_));
    touched_.clear();
    for (const std::uint32_t basket : both_) {
      for (const std::uint32_t item : baskets_.basket(basket)) {
        if (joint_[item]++ == 0) touched_.push_back(item);
      }
    }
    for (const std::uint32_t item : touched_) {
      if (joint_[item] >= kMinRuleBaskets) raise(item, joint_[item], antecedent);
      joint_[item] = 0;
    }
  }

  const BasketTable& baskets_;
  const PairTable& pairs_;
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> holders_;  // baskets of each item, ascending
  std::vector<std::uint32_t> scanned_;
  std::vector<std::uint32_t> both_;
  std::vector<std::uint32_t> joint_;
  std::vector<std::uint32_t> touched_;
};

}  // namespace

std::unique_ptr<Recommender> train_popularity(const TrainingData& data) {
  return std::make_unique<Popularity>(data.pairs);
}
std::unique_ptr<Recommender> train_lift(const TrainingData& data) {
  return std::make_unique<BestRule>(data.pairs, true);
}
std::unique_ptr<Recommender> train_confidence(const TrainingData& data) {
  return std::make_unique<BestRule>(data.pairs, false);
}
std::unique_ptr<Recommender> train_cosine(const TrainingData& data) {
  return std::make_unique<Cosine>(data.pairs);
}
std::unique_ptr<Recommender> train_noisy_or(const TrainingData& data) {
  return std::make_unique<NoisyOr>(data.pairs);
}
std::unique_ptr<Recommender> train_naive_bayes(const TrainingData& data) {
  return std::make_unique<NaiveBayes>(data.pairs);
}
std::unique_ptr<Recommender> train_two_antecedents(const TrainingData& data) {
  return std::make_unique<TwoAntecedents>(data);
}

// What this customer bought in the largest share of earlier baskets, then popularity.
class RepeatPurchase : public DenseScores {
 public:
  explicit RepeatPurchase(const PairTable& pairs) : DenseScores(base_rates(pairs, kBelowRules)) {}
  void identify(const rules::CustomerPast& past) override {
    constexpr double kFewVisits = 2;  // a first visit says less than a tenth
    for (const rules::RecentItem& recent : past.items) {
      scores_[recent.item] += recent.times / (past.visits + kFewVisits);
    }
  }
  void scan(std::uint32_t) override {}
};

std::vector<Method> customer_baselines() {
  return {{"repeat", "repeat purchase",
           [](const TrainingData& data) -> std::unique_ptr<Recommender> {
             return std::make_unique<RepeatPurchase>(data.pairs);
           },
           true, true}};
}

std::vector<Method> baseline_methods() {
  return {{"popularity", "popularity", train_popularity},
          {"lift", "rules by lift", train_lift},
          {"confidence", "rules by confidence", train_confidence},
          {"cosine", "item-kNN, cosine", train_cosine},
          {"noisy_or", "leaky noisy-or", train_noisy_or},
          {"naive_bayes", "tempered naive Bayes", train_naive_bayes},
          {"two_antecedents", "rules, up to two antecedents", train_two_antecedents},
          {"ease", "EASE^R", train_ease}};
}

}  // namespace xsell::hq

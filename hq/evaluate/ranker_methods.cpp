#include "hq/evaluate/ranker_methods.h"

#include <limits>

#include "hq/mine/pack.h"

namespace xsell::hq {
namespace {

// The sum of a pack's weights, as a lane adds them up.
class PackScores : public Recommender {
 public:
  explicit PackScores(Pack pack)
      : pack_(std::move(pack)),
        sums_(pack_.item_counts.size(), 0),
        scores_(pack_.item_counts.size(), kNever) {}

  void begin_basket() override {
    for (const std::uint32_t item : touched_) {
      sums_[item] = 0;
      scores_[item] = kNever;
    }
    touched_.clear();
  }
  void scan(std::uint32_t item) override {
    for (const MinedRule& rule : pack_.rules_of(item)) {
      if (sums_[rule.offer] == 0) touched_.push_back(rule.offer);
      sums_[rule.offer] += rule.weight;
      scores_[rule.offer] = static_cast<double>(sums_[rule.offer] + pack_.leaks[rule.offer]);
    }
  }
  std::span<const double> scores() override { return scores_; }

 private:
  static constexpr double kNever = -std::numeric_limits<double>::infinity();
  const Pack pack_;
  std::vector<std::int64_t> sums_;
  std::vector<double> scores_;
  std::vector<std::uint32_t> touched_;
};

std::unique_ptr<Recommender> train_pack(const TrainingData& data) {
  const PackOptions options;
  return std::make_unique<PackScores>(build_pack(
      count_pairs(data.baskets, 0, data.baskets.basket_count(), options.min_joint_count), options));
}

}  // namespace

std::vector<Method> ranker_methods() {
  return {{"ranker", "xsell, as lanes rank", train_pack, false}};
}

}  // namespace xsell::hq

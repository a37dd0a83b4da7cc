#include "hq/evaluate/ranker_methods.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "hq/mine/pack_ranker.h"
#include "hq/mine/ranker_fit.h"

namespace xsell::hq {
namespace {

// What lanes do, by the code of the lanes.
class LaneScores : public Recommender {
 public:
  explicit LaneScores(const RankedPack& ranked, double surprise)
      : ranker_(ranked.pack, ranked.ranker),
        surprise_(surprise),
        surest_scores_(ranked.ranker.surest_scores),
        scores_(ranked.pack.item_counts.size(), kNever) {
    if (surprise == 0) return;
    for (const std::uint32_t count : ranked.pack.item_counts) {
      bits_.push_back(
          -std::log2(std::max(1.0, static_cast<double>(count)) / ranked.pack.basket_count));
    }
  }

  void begin_basket() override { ranker_.begin_basket(); }
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
  const std::vector<std::int64_t> surest_scores_;
  std::vector<double> bits_;
  std::vector<double> scores_;
};

std::unique_ptr<Recommender> train_ranker(const TrainingData& data, double surprise,
                                          bool keeps_staples) {
  PackOptions options;
  options.keeps_staples = keeps_staples;
  const RankedPack ranked =
      build_ranked_pack(data.baskets, 0, data.baskets.basket_count(), options, data.has_scan_order);
  return std::make_unique<LaneScores>(ranked, surprise);
}

}  // namespace

std::vector<Method> ranker_methods() {
  const auto with = [](double surprise, bool keeps_staples) {
    return [=](const TrainingData& data) { return train_ranker(data, surprise, keeps_staples); };
  };
  return {{"ranker", "xsell", with(0, false), false},
          {"ranker_staples", "xsell, staples too", with(0, true), false},
          {"ranker_surprise", "xsell, chance x surprise", with(1, true), false}};
}

}  // namespace xsell::hq

#include "hq/evaluate/trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "hq/evaluate/random.h"

namespace xsell::hq {
namespace {

using Best = std::array<Recommended, kRecommended>;

constexpr double kNever = -std::numeric_limits<double>::infinity();

enum ItemState : std::uint8_t { kFree = 0, kTarget = 1, kRevealed = 2 };

void insert(Best& best, std::uint32_t item, double score) {
  std::size_t place = kRecommended - 1;
  while (place > 0 && score > best[place - 1].score) {
    best[place] = best[place - 1];
    --place;
  }
  best[place] = {item, score};
}

// Of equal scores the lower item number comes first.
Best choose(std::span<const double> scores, const std::vector<std::uint8_t>& states) {
  Best best;
  best.fill({0, kNever});
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (scores[item] > best.back().score && states[item] != kRevealed) {
      insert(best, item, scores[item]);
    }
  }
  return best;
}

std::vector<std::uint8_t> most_popular(const std::vector<std::uint32_t>& counts) {
  std::vector<std::uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t count = std::min(kPopularRemoved, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
                    });
  std::vector<std::uint8_t> is_popular(counts.size(), 0);
  for (std::size_t i = 0; i < count; ++i) is_popular[order[i]] = 1;
  return is_popular;
}

class Trial {
 public:
  Trial(Recommender& method, const Halves& halves, bool for_customers)
      : method_(method),
        halves_(halves),
        for_customers_(for_customers),
        states_(halves.item_count(), kFree),
        is_recommended_(halves.item_count(), 0),
        is_popular_(most_popular(halves.item_counts)),
        bits_(halves.item_count()) {
    const auto baskets = static_cast<double>(halves.train.basket_count());
    for (std::size_t item = 0; item < bits_.size(); ++item) {
      bits_[item] = static_cast<float>(-std::log2(halves.item_counts[item] / baskets));
    }
    result_.item_count = halves.item_count();
  }

  void play(std::uint32_t basket, const OnScan& on_scan) {
    const auto items = halves_.test.basket(basket);
    for (const std::uint32_t item : items) states_[item] = kTarget;
    begin(basket);
    const std::size_t scans = std::min(items.size() - 1, kMaxRevealed);
    for (std::size_t k = 0; k < scans; ++k) {
      method_.scan(items[k]);
      states_[items[k]] = kRevealed;
      const auto scores = method_.scores();
      const Best best = choose(scores, states_);
      record(basket, best);
      record_beyond_popular(scores, items.subspan(k + 1));
      if (on_scan) on_scan(basket, k + 1, best);
    }
    for (const std::uint32_t item : items) states_[item] = kFree;
  }

  void play_left_out(std::uint32_t basket, std::size_t hidden) {
    const auto items = halves_.test.basket(basket);
    begin(basket);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i == hidden) continue;
      method_.scan(items[i]);
      states_[items[i]] = kRevealed;
    }
    const Best best = choose(method_.scores(), states_);
    const bool is_hit = std::any_of(best.begin(), best.end(), [&](const Recommended& one) {
      return one.score > kNever && one.item == items[hidden];
    });
    result_.left_out.push_back({basket, is_hit});
    for (const std::uint32_t item : items) states_[item] = kFree;
  }

  TrialResult finish() {
    result_.distinct_recommended = static_cast<std::size_t>(
        std::count(is_recommended_.begin(), is_recommended_.end(), std::uint8_t{1}));
    return std::move(result_);
  }

 private:
  void begin(std::uint32_t basket) {
    method_.begin_basket();
    if (for_customers_) method_.identify(halves_.pasts.of(basket));
  }

  void record(std::uint32_t basket, const Best& best) {
    ScanResult scan;
    scan.basket = basket;
    scan.top_score = best.front().score;
    for (std::size_t rank = 0; rank < kRecommended; ++rank) {
      if (best[rank].score == kNever) break;
      is_recommended_[best[rank].item] = 1;
      if (states_[best[rank].item] != kTarget) continue;
      ++scan.hits;
      if (scan.first_hit == 0) scan.first_hit = static_cast<std::uint8_t>(rank + 1);
      scan.bits += bits_[best[rank].item];
    }
    result_.scans.push_back(scan);
  }

  void record_beyond_popular(std::span<const double> scores,
                             std::span<const std::uint32_t> targets) {
    ScanResult& scan = result_.scans.back();
    Best best;
    best.fill({0, kNever});
    for (std::uint32_t item = 0; item < scores.size(); ++item) {
      if (scores[item] > best.back().score && states_[item] != kRevealed &&
          is_popular_[item] == 0) {
        insert(best, item, scores[item]);
      }
    }
    for (const Recommended& one : best) {
      scan.is_beyond_popular =
          scan.is_beyond_popular || (one.score > kNever && states_[one.item] == kTarget);
    }
    for (const std::uint32_t item : targets) {
      scan.has_beyond_popular = scan.has_beyond_popular || is_popular_[item] == 0;
    }
  }

  Recommender& method_;
  const Halves& halves_;
  const bool for_customers_;
  TrialResult result_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint8_t> is_recommended_;
  std::vector<std::uint8_t> is_popular_;
  std::vector<float> bits_;
};

}  // namespace

TrialResult run_trial(Recommender& method, const Halves& halves, std::uint64_t seed,
                      const OnScan& on_scan, bool for_customers) {
  Trial trial(method, halves, for_customers);
  for (std::uint32_t basket = 0; basket < halves.test.basket_count(); ++basket) {
    if (for_customers && !halves.pasts.is_known(basket)) continue;
    trial.play(basket, on_scan);
    Random random(seed * 2'000'003 + halves.test_basket[basket]);
    trial.play_left_out(basket, random.below(halves.test.basket(basket).size()));
  }
  return trial.finish();
}

}  // namespace xsell::hq

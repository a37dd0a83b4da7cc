#include "hq/mine/replenishment_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "hq/evaluate/random.h"
#include "hq/mine/basket_player.h"
#include "hq/mine/logistic_fit.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kOtherTerms = rules::kReplenishmentTerms - rules::kBoughtTerms;
constexpr double kOne = 65536;
constexpr double kMaxRows = 400'000;
constexpr double kItemsAScan = 150;
constexpr double kUnlikelyShare = 0.05;  // of the other offers that were not bought

// Rows of both regressions.
class RowCollector {
 public:
  explicit RowCollector(double scan_share) : scan_share_(scan_share) {}

  void collect(BasketPlayer& player) {
    if (random_.unit() >= scan_share_) return;
    for (const rules::RankedOffer& offer : player.offers()) {
      if (player.state(offer.item) == BasketPlayer::kScanned) continue;
      const bool is_hit = player.state(offer.item) == BasketPlayer::kToCome;
      const auto terms = player.customer().terms(offer.item);
      if (player.customer().has_bought(offer.item)) {
        add(bought, terms.data(), 1, is_hit);
      } else if (is_hit || random_.unit() < kUnlikelyShare) {
        add(others, terms.data() + rules::kBoughtTerms, is_hit ? 1 : 1 / kUnlikelyShare, is_hit);
      }
    }
  }

  std::vector<LogisticRow<rules::kBoughtTerms>> bought;
  std::vector<LogisticRow<kOtherTerms>> others;

 private:
  template <std::size_t count>
  static void add(std::vector<LogisticRow<count>>& rows, const std::int32_t* terms, double worth,
                  bool is_hit) {
    LogisticRow<count>& row = rows.emplace_back();
    for (std::size_t t = 0; t < count; ++t) row.values[t] = static_cast<float>(terms[t] / kOne);
    row.worth = static_cast<float>(worth);
    row.is_hit = is_hit;
  }

  const double scan_share_;
  Random random_{2026};
};

// As lanes accept it.
std::int32_t fixed_weight(double weight) {
  constexpr double kLimit = 100 * kOne;
  return static_cast<std::int32_t>(std::lround(std::clamp(weight * kOne, -kLimit, kLimit)));
}

template <std::size_t count>
bool put_weights(const std::vector<LogisticRow<count>>& rows, std::int32_t* out) {
  const auto is_hit = [](const LogisticRow<count>& row) { return row.is_hit; };
  if (std::none_of(rows.begin(), rows.end(), is_hit)) return false;
  const std::array<double, count> weights = LogisticFit<count>(rows).weights();
  for (std::size_t t = 0; t < count; ++t) {
    out[t] = fixed_weight(weights[t]);
  }
  return true;
}

// The best of many offers is chosen for its luck as well: its odds come out too high. A line
// through the first offers of the scans puts them right (Platt 1999); it goes into all weights.
void put_first_offers_right(const std::vector<RankedScan>& scans, rules::Replenishment& fit) {
  std::vector<LogisticRow<2>> rows;
  for (const RankedScan& scan : scans) {
    if (scan.has_offer)
      rows.push_back({{1, static_cast<float>(scan.score / kOne)}, 1, scan.is_hit});
  }
  const auto is_hit = [](const LogisticRow<2>& row) { return row.is_hit; };
  if (std::none_of(rows.begin(), rows.end(), is_hit)) return;
  const auto [shift, slope] = LogisticFit<2>(rows).weights();
  if (slope <= 0) return;
  for (std::int32_t& weight : fit.weights) weight = fixed_weight(slope * weight / kOne);
  for (const auto term : {rules::ReplenishmentTerm::bought, rules::ReplenishmentTerm::other}) {
    std::int32_t& weight = fit.weights[static_cast<std::size_t>(term)];
    weight = fixed_weight(weight / kOne + shift);
  }
}

}  // namespace

rules::Replenishment fit_replenishment(const HeldOut& held_out, const rules::Ranker& ranker,
                                       bool has_scan_order) {
  rules::Replenishment fit;
  CustomerHistory customers(held_out.table);
  std::size_t known = 0;
  double scans = 0;
  for (std::size_t basket = held_out.begin; basket < held_out.end; ++basket) {
    if (customers.past_of(basket).items.is_empty()) continue;
    ++known;
    scans += static_cast<double>(std::min(held_out.table.basket(basket).size(), kMaxPlayedScans));
  }
  if (known < kMinKnownBaskets) return fit;

  RowCollector collector(std::min(1.0, kMaxRows / (scans * kItemsAScan)));
  const auto play = [&](const rules::Replenishment& replenishment, auto visit) {
    BasketPlayer player(held_out.pack, ranker, replenishment, held_out.table, has_scan_order);
    player.play(held_out.begin, held_out.end, customers, [&] { visit(player); });
  };
  play(fit, [&](BasketPlayer& player) { collector.collect(player); });
  if (!put_weights(collector.bought, fit.weights.data()) ||
      !put_weights(collector.others, fit.weights.data() + rules::kBoughtTerms)) {
    return {};
  }
  const auto rank = [&] {
    std::vector<RankedScan> ranked;
    play(fit, [&](BasketPlayer& player) { ranked.push_back(best_of(player)); });
    return ranked;
  };
  put_first_offers_right(rank(), fit);
  fit.surest_scores = surest_scores(rank());
  return fit;
}

}  // namespace xsell::hq

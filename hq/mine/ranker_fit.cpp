#include "hq/mine/ranker_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "hq/evaluate/random.h"
#include "hq/mine/basket_player.h"
#include "hq/mine/logistic_fit.h"
#include "hq/mine/replenishment_fit.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kTerms = rules::kRankerTerms;
constexpr std::size_t kLikelyOffers = 60;  // of a scan, all of which are looked at
constexpr double kUnlikelyShare = 0.05;    // of the others
constexpr double kMaxRows = 250'000;
constexpr std::size_t kFolds = 5;
constexpr double kOne = 65536;
constexpr std::int64_t kAnyOffer = std::numeric_limits<std::int32_t>::min();

using Row = LogisticRow<kTerms>;

class RowCollector {
 public:
  explicit RowCollector(double scan_share) : scan_share_(scan_share) {}

  void collect(BasketPlayer& player) {
    if (random_.unit() >= scan_share_) return;
    constexpr auto kLikelihood = static_cast<std::size_t>(rules::RankerTerm::noisy_or);
    found_.clear();
    for (const rules::RankedOffer& offer : player.offers()) {
      if (player.state(offer.item) == BasketPlayer::kScanned) continue;
      found_.push_back(
          {player.pairs().terms(offer.item), player.state(offer.item) == BasketPlayer::kToCome});
    }
    const std::size_t likely = std::min(kLikelyOffers, found_.size());
    std::nth_element(
        found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(likely), found_.end(),
        [](const Found& a, const Found& b) { return a.terms[kLikelihood] > b.terms[kLikelihood]; });
    for (std::size_t i = 0; i < found_.size(); ++i) {
      double worth = 1;
      if (i >= likely && !found_[i].is_bought) {
        if (random_.unit() >= kUnlikelyShare) continue;
        worth = 1 / kUnlikelyShare;
      }
      Row row;
      for (std::size_t t = 0; t < kTerms; ++t) {
        row.values[t] = static_cast<float>(found_[i].terms[t] / kOne);
      }
      row.worth = static_cast<float>(worth);
      row.is_hit = found_[i].is_bought;
      rows_.push_back(row);
    }
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  struct Found {
    std::array<std::int32_t, kTerms> terms;
    bool is_bought;
  };
  const double scan_share_;
  Random random_{2026};
  std::vector<Found> found_;
  std::vector<Row> rows_;
};

bool has_dates(const BasketTable& table, std::size_t begin, std::size_t end) {
  return end > begin && table.times_s[begin] != table.times_s[end - 1];
}

// A seeded choice of the baskets, one in kFolds, behind all others; returns where they begin.
std::size_t put_last(const BasketTable& table, std::size_t begin, std::size_t end, std::size_t fold,
                     BasketTable& out) {
  out.item_ids = table.item_ids;
  std::size_t split = 0;
  for (const bool wanted : {false, true}) {
    if (wanted) split = out.basket_count();
    for (std::size_t index = begin; index < end; ++index) {
      if ((Random(index).below(kFolds) == fold) != wanted) continue;
      const auto items = table.basket(index);
      out.items.insert(out.items.end(), items.begin(), items.end());
      out.begins.push_back(out.items.size());
      out.times_s.push_back(table.times_s[index]);
    }
  }
  return split;
}

}  // namespace

RankedScan best_of(BasketPlayer& player) {
  RankedScan scan;
  std::uint32_t best = 0;
  for (const rules::RankedOffer& offer : player.offers()) {
    if (player.state(offer.item) == BasketPlayer::kScanned) continue;
    const bool is_better =
        offer.score > scan.score || (offer.score == scan.score && offer.item < best);
    if (scan.has_offer && !is_better) continue;
    scan = {offer.score, true, player.state(offer.item) == BasketPlayer::kToCome};
    best = offer.item;
  }
  return scan;
}

std::vector<std::int64_t> surest_scores(const std::vector<RankedScan>& scans) {
  std::vector<std::int64_t> scores;
  for (const RankedScan& scan : scans) scores.push_back(scan.has_offer ? scan.score : kAnyOffer);
  std::sort(scores.rbegin(), scores.rend());
  std::vector<std::int64_t> surest;
  for (std::size_t percent = 1; percent <= rules::kSurestScores; ++percent) {
    const std::size_t count = std::max<std::size_t>(1, scores.size() * percent / 100);
    surest.push_back(scores[count - 1]);
  }
  return surest;
}

std::vector<RankedScan> rank_scans(const Pack& pack, const rules::Ranker& ranker,
                                   const BasketTable& table, std::size_t begin, std::size_t end,
                                   bool has_scan_order) {
  std::vector<RankedScan> scans;
  BasketPlayer player(pack, ranker, {}, table, has_scan_order);
  player.play(begin, end, [&] { scans.push_back(best_of(player)); });
  return scans;
}

std::vector<RankedScan> rank_scans(std::span<const HeldOut> held_out, const rules::Ranker& ranker,
                                   bool has_scan_order) {
  std::vector<RankedScan> scans;
  for (const HeldOut& part : held_out) {
    const std::vector<RankedScan> some =
        rank_scans(part.pack, ranker, part.table, part.begin, part.end, has_scan_order);
    scans.insert(scans.end(), some.begin(), some.end());
  }
  return scans;
}

rules::Ranker fit_ranker(std::span<const HeldOut> held_out, bool has_scan_order) {
  rules::Ranker ranker;
  ranker.fitted_baskets = held_out.front().pack.basket_count;
  ranker.fitted_recent_milli = held_out.front().pack.recent_basket_milli;
  double scans = 0;
  for (const HeldOut& part : held_out) {
    for (std::size_t basket = part.begin; basket < part.end; ++basket) {
      scans += static_cast<double>(std::min(part.table.basket(basket).size(), kMaxPlayedScans));
    }
  }
  RowCollector collector(std::min(1.0, kMaxRows / (scans * kLikelyOffers)));
  for (const HeldOut& part : held_out) {
    BasketPlayer player(part.pack, ranker, {}, part.table, has_scan_order);
    player.play(part.begin, part.end, [&] { collector.collect(player); });
  }
  const auto is_hit = [](const Row& row) { return row.is_hit; };
  if (std::none_of(collector.rows().begin(), collector.rows().end(), is_hit)) return ranker;
  const std::array<double, kTerms> weights = LogisticFit<kTerms>(collector.rows()).weights();
  for (std::size_t t = 0; t < kTerms; ++t) {
    const double limit = 100 * kOne;  // as lanes accept
    ranker.weights[t] =
        static_cast<std::int32_t>(std::lround(std::clamp(weights[t] * kOne, -limit, limit)));
  }

  ranker.surest_scores = surest_scores(rank_scans(held_out, ranker, has_scan_order));
  return ranker;
}

namespace {

// Fits on the latest baskets [split, end); `build(until)` makes the pack of those before that one.
template <typename Build>
RankedPack fit_on_latest(const BasketTable& table, std::size_t split, std::size_t end,
                         bool has_scan_order, bool for_customers, const OnFitted& on_fitted,
                         Build build) {
  RankedPack result;
  const Pack first = build(split);
  const HeldOut latest[] = {{first, table, split, end}};
  result.ranker = fit_ranker(latest, has_scan_order);
  if (result.ranker.is_fitted()) {
    if (on_fitted) on_fitted(latest, result.ranker);
    if (for_customers) {
      result.replenishment = fit_replenishment(latest[0], result.ranker, has_scan_order);
    }
  }
  result.fitted_on = end - split;
  result.pack = build(end);
  return result;
}

// Without dates no basket is the last: each part is fitted on with counts of the others.
template <typename Build>
RankedPack fit_in_turn(const BasketTable& table, std::size_t begin, std::size_t end,
                       bool has_scan_order, const OnFitted& on_fitted, Build build) {
  std::vector<BasketTable> tables;
  std::vector<Pack> packs;
  std::vector<HeldOut> folds;
  tables.reserve(kFolds);
  packs.reserve(kFolds);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const std::size_t split = put_last(table, begin, end, fold, tables.emplace_back());
    packs.push_back(build(tables.back(), 0, split));
    folds.push_back({packs.back(), tables.back(), split, tables.back().basket_count()});
  }
  RankedPack result;
  result.ranker = fit_ranker(folds, has_scan_order);
  if (on_fitted && result.ranker.is_fitted()) on_fitted(folds, result.ranker);
  result.fitted_on = end - begin;
  result.pack = build(table, begin, end);
  return result;
}

std::size_t fitted_baskets(std::size_t all) {
  return static_cast<std::size_t>(static_cast<double>(all) * kFitShare);
}

}  // namespace

RankedPack build_ranked_pack(const BasketTable& table, std::size_t begin, std::size_t end,
                             const PackOptions& options, bool has_scan_order, bool for_customers,
                             const OnFitted& on_fitted) {
  const auto build = [&](const BasketTable& from, std::size_t first, std::size_t until) {
    Pack pack = build_pack(count_pairs(from, first, until, options.min_joint_count), options);
    add_recent_counts(pack, from, first, until, kRecentHalfLifeDays);
    return pack;
  };
  if (!has_dates(table, begin, end)) {
    return fit_in_turn(table, begin, end, has_scan_order, on_fitted, build);
  }
  const std::size_t split = end - fitted_baskets(end - begin);
  return fit_on_latest(table, split, end, has_scan_order, for_customers, on_fitted,
                       [&](std::size_t until) { return build(table, begin, until); });
}

RankedPack build_ranked_pack(const HistoryCounts& past, const BasketTable& later,
                             const PackOptions& options, bool has_scan_order, bool for_customers,
                             const OnFitted& on_fitted) {
  const std::size_t end = later.basket_count();
  const auto build = [&](std::size_t until) {
    HistoryCounts counts = past;
    add_counts(counts, count_history(later, 0, until));
    Pack pack = build_pack(frequent_pairs(counts, options.min_joint_count), options);
    set_recent_counts(pack, counts);
    return pack;
  };
  if (end == 0) return {.pack = build(0), .ranker = {}, .replenishment = {}, .fitted_on = 0};
  const std::size_t split = end - std::min(end, fitted_baskets(past.basket_count + end));
  return fit_on_latest(later, split, end, has_scan_order, for_customers, on_fitted, build);
}

}  // namespace xsell::hq

#include "hq/mine/ranker_fit.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "hq/evaluate/random.h"
#include "hq/mine/pack_ranker.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kTerms = rules::kRankerTerms;
constexpr std::size_t kMaxScans = 20;
constexpr std::size_t kLikelyOffers = 60;  // of a scan, all of which are looked at
constexpr double kUnlikelyShare = 0.05;    // of the others
constexpr double kMaxRows = 250'000;
constexpr std::size_t kFolds = 5;
constexpr double kRidge = 1;
constexpr int kMaxSteps = 15;
constexpr double kOne = 65536;
constexpr std::int64_t kAnyOffer = std::numeric_limits<std::int32_t>::min();

using Vector = Eigen::Matrix<double, kTerms, 1>;
using Square = Eigen::Matrix<double, kTerms, kTerms>;

struct Row {
  std::array<float, kTerms> terms;
  float worth;
  bool is_bought;
};

enum ItemState : std::uint8_t { kFree, kToCome, kScanned };

// Plays baskets and calls visit(offers) after each scan that counts; state() tells what is what.
class Player {
 public:
  Player(const Pack& pack, const rules::Ranker& ranker, const BasketTable& table,
         bool has_scan_order)
      : ranker_(pack, ranker),
        pack_(pack),
        table_(table),
        has_scan_order_(has_scan_order),
        states_(pack.item_counts.size(), kFree) {}

  template <typename Visit>
  void play(std::size_t begin, std::size_t end, Visit visit) {
    for (std::size_t basket = begin; basket < end; ++basket) {
      items_.clear();
      for (const std::uint32_t item : table_.basket(basket)) {
        if (pack_.item_counts[item] > 0) items_.push_back(item);
      }
      if (items_.size() < 2) continue;
      if (!has_scan_order_) {
        std::sort(items_.begin(), items_.end());
        Random(table_.first_index + basket).shuffle(std::span(items_));
      }
      for (const std::uint32_t item : items_) states_[item] = kToCome;
      ranker_.begin_basket();
      for (std::size_t k = 0; k + 1 < items_.size() && k < kMaxScans; ++k) {
        ranker_.scan(items_[k]);
        states_[items_[k]] = kScanned;
        visit(ranker_.offers());
      }
      for (const std::uint32_t item : items_) states_[item] = kFree;
    }
  }
  ItemState state(std::uint32_t item) const { return static_cast<ItemState>(states_[item]); }
  const rules::PairRanker& pairs() const { return ranker_.pairs(); }

 private:
  PackRanker ranker_;
  const Pack& pack_;
  const BasketTable& table_;
  const bool has_scan_order_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint32_t> items_;
};

class RowCollector {
 public:
  explicit RowCollector(double scan_share) : scan_share_(scan_share) {}

  void collect(const Player& player, std::span<const rules::RankedOffer> offers) {
    if (random_.unit() >= scan_share_) return;
    constexpr auto kLikelihood = static_cast<std::size_t>(rules::RankerTerm::noisy_or);
    found_.clear();
    for (const rules::RankedOffer& offer : offers) {
      if (player.state(offer.item) == kScanned) continue;
      found_.push_back({player.pairs().terms(offer.item), player.state(offer.item) == kToCome});
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
        row.terms[t] = static_cast<float>(found_[i].terms[t] / kOne);
      }
      row.worth = static_cast<float>(worth);
      row.is_bought = found_[i].is_bought;
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

// Terms with mean 0 and spread 1, so that one ridge suits all; the constant stays as it is.
struct Scale {
  Vector mean = Vector::Zero();
  Vector spread = Vector::Ones();

  explicit Scale(const std::vector<Row>& rows) {
    double worth = 0;
    Vector squares = Vector::Zero();
    for (const Row& row : rows) {
      worth += row.worth;
      for (std::size_t t = 0; t < kTerms; ++t) mean[index(t)] += row.worth * row.terms[t];
    }
    mean /= worth;
    for (const Row& row : rows) {
      for (std::size_t t = 0; t < kTerms; ++t) {
        const double off = row.terms[t] - mean[index(t)];
        squares[index(t)] += row.worth * off * off;
      }
    }
    for (Eigen::Index t = 0; t < mean.size(); ++t) {
      const double deviation = std::sqrt(squares[t] / worth);
      spread[t] = deviation > 1e-6 ? deviation : 1;
    }
    mean[0] = 0;
    spread[0] = 1;
  }
  static Eigen::Index index(std::size_t t) { return static_cast<Eigen::Index>(t); }
  Vector of(const Row& row) const {
    Vector scaled;
    for (std::size_t t = 0; t < kTerms; ++t) {
      scaled[index(t)] = (row.terms[t] - mean[index(t)]) / spread[index(t)];
    }
    return scaled;
  }
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

Vector newton(const std::vector<Row>& rows) {
  const Scale scale(rows);
  Vector beta = Vector::Zero();
  for (int step = 0; step < kMaxSteps; ++step) {
    Square curvature = Square::Identity() * kRidge;
    curvature(0, 0) = 1e-6;
    Vector slope = -kRidge * beta;
    slope[0] = 0;
    for (const Row& row : rows) {
      const Vector terms = scale.of(row);
      const double chance = 1 / (1 + std::exp(-beta.dot(terms)));
      slope += row.worth * ((row.is_bought ? 1.0 : 0.0) - chance) * terms;
      curvature.selfadjointView<Eigen::Lower>().rankUpdate(terms,
                                                           row.worth * chance * (1 - chance));
    }
    const Square whole = curvature.selfadjointView<Eigen::Lower>();
    const Vector change = whole.ldlt().solve(slope);
    beta += change;
    if (change.norm() < 1e-4) break;
  }
  Vector weights = beta.cwiseQuotient(scale.spread);
  weights[0] -= weights.dot(scale.mean);
  return weights;
}

}  // namespace

std::vector<RankedScan> rank_scans(const Pack& pack, const rules::Ranker& ranker,
                                   const BasketTable& table, std::size_t begin, std::size_t end,
                                   bool has_scan_order) {
  std::vector<RankedScan> scans;
  Player player(pack, ranker, table, has_scan_order);
  player.play(begin, end, [&](std::span<const rules::RankedOffer> offers) {
    RankedScan scan;
    std::uint32_t best = 0;
    for (const rules::RankedOffer& offer : offers) {
      if (player.state(offer.item) == kScanned) continue;
      const bool is_better =
          offer.score > scan.score || (offer.score == scan.score && offer.item < best);
      if (scan.has_offer && !is_better) continue;
      scan = {offer.score, true, player.state(offer.item) == kToCome};
      best = offer.item;
    }
    scans.push_back(scan);
  });
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
      scans += static_cast<double>(std::min(part.table.basket(basket).size(), kMaxScans));
    }
  }
  RowCollector collector(std::min(1.0, kMaxRows / (scans * kLikelyOffers)));
  for (const HeldOut& part : held_out) {
    Player player(part.pack, ranker, part.table, has_scan_order);
    player.play(part.begin, part.end, [&](std::span<const rules::RankedOffer> offers) {
      collector.collect(player, offers);
    });
  }
  const auto is_bought = [](const Row& row) { return row.is_bought; };
  if (std::none_of(collector.rows().begin(), collector.rows().end(), is_bought)) return ranker;
  const Vector weights = newton(collector.rows());
  for (std::size_t t = 0; t < kTerms; ++t) {
    const double limit = 100 * kOne;  // as lanes accept
    ranker.weights[t] = static_cast<std::int32_t>(
        std::lround(std::clamp(weights[Scale::index(t)] * kOne, -limit, limit)));
  }

  std::vector<std::int64_t> scores;
  for (const RankedScan& scan : rank_scans(held_out, ranker, has_scan_order)) {
    scores.push_back(scan.has_offer ? scan.score : kAnyOffer);
  }
  std::sort(scores.rbegin(), scores.rend());
  for (std::size_t percent = 1; percent <= rules::kSurestScores; ++percent) {
    const std::size_t count = std::max<std::size_t>(1, scores.size() * percent / 100);
    ranker.surest_scores.push_back(scores[count - 1]);
  }
  return ranker;
}

namespace {

// Fits on the latest baskets [split, end); `build(until)` makes the pack of those before that one.
template <typename Build>
RankedPack fit_on_latest(const BasketTable& table, std::size_t split, std::size_t end,
                         bool has_scan_order, Build build) {
  RankedPack result;
  const Pack first = build(split);
  const HeldOut latest[] = {{first, table, split, end}};
  result.ranker = fit_ranker(latest, has_scan_order);
  if (result.ranker.is_fitted()) result.scans = rank_scans(latest, result.ranker, has_scan_order);
  result.fitted_on = end - split;
  result.pack = build(end);
  return result;
}

// Without dates no basket is the last: each part is fitted on with counts of the others.
template <typename Build>
RankedPack fit_in_turn(const BasketTable& table, std::size_t begin, std::size_t end,
                       bool has_scan_order, Build build) {
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
  if (result.ranker.is_fitted()) result.scans = rank_scans(folds, result.ranker, has_scan_order);
  result.fitted_on = end - begin;
  result.pack = build(table, begin, end);
  return result;
}

std::size_t fitted_baskets(std::size_t all) {
  return static_cast<std::size_t>(static_cast<double>(all) * kFitShare);
}

}  // namespace

RankedPack build_ranked_pack(const BasketTable& table, std::size_t begin, std::size_t end,
                             const PackOptions& options, bool has_scan_order) {
  const auto build = [&](const BasketTable& from, std::size_t first, std::size_t until) {
    Pack pack = build_pack(count_pairs(from, first, until, options.min_joint_count), options);
    add_recent_counts(pack, from, first, until, kRecentHalfLifeDays);
    return pack;
  };
  if (!has_dates(table, begin, end)) {
    return fit_in_turn(table, begin, end, has_scan_order, build);
  }
  const std::size_t split = end - fitted_baskets(end - begin);
  return fit_on_latest(table, split, end, has_scan_order,
                       [&](std::size_t until) { return build(table, begin, until); });
}

RankedPack build_ranked_pack(const HistoryCounts& past, const BasketTable& later,
                             const PackOptions& options, bool has_scan_order) {
  const std::size_t end = later.basket_count();
  const auto build = [&](std::size_t until) {
    HistoryCounts counts = past;
    add_counts(counts, count_history(later, 0, until));
    Pack pack = build_pack(frequent_pairs(counts, options.min_joint_count), options);
    set_recent_counts(pack, counts);
    return pack;
  };
  if (end == 0) return {.pack = build(0), .ranker = {}, .scans = {}, .fitted_on = 0};
  const std::size_t split = end - std::min(end, fitted_baskets(past.basket_count + end));
  return fit_on_latest(later, split, end, has_scan_order, build);
}

}  // namespace xsell::hq

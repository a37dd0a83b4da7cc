#ifndef XSELL_HQ_MINE_RANKER_FIT_H_
#define XSELL_HQ_MINE_RANKER_FIT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hq/mine/history_counts.h"
#include "hq/mine/pack.h"
#include "rules/pair_ranker.h"
#include "rules/ranker.h"
#include "rules/replenishment.h"

namespace xsell::hq {

class BasketPlayer;

inline constexpr double kFitShare = 0.2;  // of the baskets, the latest

// Baskets [begin, end) that the pack was not made of.
struct HeldOut {
  const Pack& pack;
  const BasketTable& table;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Fits the weights: the offers after each of the first 20 scans against what the basket went on to
// hold, by Newton's method with a small ridge. Most offers that were not bought and look unlikely
// are left to a weighted sample. The surest scores are those of the same scans. Not fitted when
// nothing was bought.
// `has_scan_order`: items stand as they were scanned; else a seeded order stands in for it.
// Requires: at least one part.
rules::Ranker fit_ranker(std::span<const HeldOut> held_out, bool has_scan_order);

// The best offer after one scan of a past basket, and whether the rest of the basket held it.
struct RankedScan {
  std::int32_t score = 0;  // log odds
  bool has_offer = false;
  bool is_hit = false;
};

// Of the offers that are not in the basket.
RankedScan best_of(BasketPlayer& player);

// [n - 1]: what the best offers of the surest n percent of the scans score at least.
std::vector<std::int64_t> surest_scores(const std::vector<RankedScan>& scans);

// Plays the baskets [begin, end) against a fitted ranker: the first 20 scans, never the last item.
std::vector<RankedScan> rank_scans(const Pack& pack, const rules::Ranker& ranker,
                                   const BasketTable& table, std::size_t begin, std::size_t end,
                                   bool has_scan_order);

std::vector<RankedScan> rank_scans(std::span<const HeldOut> held_out, const rules::Ranker& ranker,
                                   bool has_scan_order);

// A pack and its ranker from the baskets [begin, end): fitted on the last of them with counts of
// the others, then counted over all. Without dates no basket is the last: each fifth is fitted on
// with counts of the others. `for_customers`: what known customers bought before is fitted as well,
// where there are dates and enough of them.
struct RankedPack {
  Pack pack;
  rules::Ranker ranker;
  rules::Replenishment replenishment;
  std::size_t fitted_on = 0;  // baskets
};
// Hears of what a ranker was fitted on while that is at hand.
using OnFitted = std::function<void(std::span<const HeldOut>, const rules::Ranker&)>;

RankedPack build_ranked_pack(const BasketTable& table, std::size_t begin, std::size_t end,
                             const PackOptions& options, bool has_scan_order,
                             bool for_customers = false, const OnFitted& on_fitted = {});

// The same of baskets of which only counts are at hand, and the later ones in the table: fitted on
// those, if they are a fifth of all or less, else on the last fifth. Equal to the other when the
// table of that is these and those. Without later baskets there is no ranker.
RankedPack build_ranked_pack(const HistoryCounts& past, const BasketTable& later,
                             const PackOptions& options, bool has_scan_order,
                             bool for_customers = false, const OnFitted& on_fitted = {});

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_RANKER_FIT_H_

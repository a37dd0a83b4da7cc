#ifndef XSELL_HQ_MINE_SUREST_TRIAL_H_
#define XSELL_HQ_MINE_SUREST_TRIAL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hq/mine/ranker_fit.h"

namespace xsell::hq {

// What offers that are sure enough rank by beside their chance, as lanes do.
struct OfferWorth {
  double surprise = 0;
  // By item number, in thousandths; empty, or without any: all alike.
  std::function<std::vector<std::int32_t>(const Pack&)> boosts_milli;

  bool is_alike() const { return surprise == 0 && !boosts_milli; }
};

// What prompting the surest share of scans would have brought.
struct SurestTrial {
  std::size_t baskets = 0;
  std::size_t scans = 0;
  std::size_t scans_with_offer = 0;
  std::size_t hits_if_always = 0;  // of those, the likeliest offer shown
  std::size_t prompted = 0;
  std::size_t hits = 0;            // of those
  std::size_t hits_by_chance = 0;  // had the likeliest offer been shown
};

// Tries what was fitted on held-out baskets in two halves, each with weights that were fitted on
// the other: on baskets that it was fitted on, a ranker of few baskets looks much better than it
// is. Of very many the latest 20,000 of a part are tried. Without scans when a half gives nothing
// to fit.
SurestTrial try_surest(std::span<const HeldOut> held_out, bool has_scan_order, double share,
                       const OfferWorth& worth);

// What the best offers of the surest share of the scans score at least.
std::int64_t least_score(std::vector<RankedScan> scans, double share);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_SUREST_TRIAL_H_

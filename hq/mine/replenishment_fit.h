#ifndef XSELL_HQ_MINE_REPLENISHMENT_FIT_H_
#define XSELL_HQ_MINE_REPLENISHMENT_FIT_H_

#include "hq/mine/ranker_fit.h"
#include "rules/replenishment.h"

namespace xsell::hq {

// Fits what known customers' earlier purchases add to a fitted ranker, on baskets that its pack was
// not made of: of each scan every item bought before, and the other offers as fit_ranker() takes
// them, against what the basket went on to hold. Not fitted when fewer than kMinKnownBaskets are of
// customers who bought something before. Requires: time order.
rules::Replenishment fit_replenishment(const HeldOut& held_out, const rules::Ranker& ranker,
                                       bool has_scan_order);

inline constexpr std::size_t kMinKnownBaskets = 100;

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_REPLENISHMENT_FIT_H_

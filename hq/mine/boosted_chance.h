#ifndef XSELL_HQ_MINE_BOOSTED_CHANCE_H_
#define XSELL_HQ_MINE_BOOSTED_CHANCE_H_

#include <cmath>
#include <cstdint>

#include "rules/ranker_index.h"

namespace xsell::hq {

// What a rule's score must be, so that it ranks beside mined pairs of its chance as an offer of
// this share of all baskets and this boost does; see rules::ranked_evidence().
inline double boosted_chance(double chance, double offer_share, double surprise,
                             std::int32_t boost_milli) {
  constexpr double kMilli = 1000;
  const double boost = rules::surprise_boost(offer_share, surprise) * boost_milli / kMilli;
  return 1 - std::pow(1 - chance, boost);
}

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_BOOSTED_CHANCE_H_

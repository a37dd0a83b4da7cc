#ifndef XSELL_HQ_MINE_ABSTENTION_H_
#define XSELL_HQ_MINE_ABSTENTION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hq/mine/basket_table.h"
#include "hq/mine/pack.h"

namespace xsell::hq {

// The best offer after one scan of a past basket, and whether the rest of the basket held it.
struct ScanScore {
  std::int64_t score = 0;  // fixed point; 0 when no rule speaks
  bool is_hit = false;
};

// Plays the baskets [begin, end) against a pack that was not made of them: after each of the first
// scans (20 at most, never the last item) the offer with the highest sum of leak and weights that
// is not in the basket yet. Items that the pack's baskets never held do not count.
std::vector<ScanScore> score_scans(const BasketTable& table, std::size_t begin, std::size_t end,
                                   const Pack& pack);

struct Abstention {
  std::int64_t min_score = 0;  // prompt from this score on
  std::uint64_t scans = 0;
  std::uint64_t prompted = 0;
  std::uint64_t hits = 0;            // of the prompted
  std::uint64_t hits_if_always = 0;  // if every scan were prompted that has an offer
  std::uint64_t scans_with_offer = 0;
};

// The score that only the surest `share` (0 to 1) of the scans reach.
Abstention choose_min_score(std::vector<ScanScore> scans, double share);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_ABSTENTION_H_

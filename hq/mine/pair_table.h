#ifndef XSELL_HQ_MINE_PAIR_TABLE_H_
#define XSELL_HQ_MINE_PAIR_TABLE_H_

#include <iosfwd>
#include <string>
#include <vector>

#include "hq/mine/pair_counts.h"

namespace xsell::hq {

// Every pair as two rules with their evidence, as CSV: trigger, offer, the baskets with both, with
// the trigger and with the offer, confidence (6 decimals) and lift (4).
void write_pair_table(std::ostream& out, const PairCounts& counts,
                      const std::vector<std::string>& keys);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_PAIR_TABLE_H_

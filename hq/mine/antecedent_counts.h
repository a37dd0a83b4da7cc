#ifndef XSELL_HQ_MINE_ANTECEDENT_COUNTS_H_
#define XSELL_HQ_MINE_ANTECEDENT_COUNTS_H_

#include <cstddef>
#include <cstdint>

#include "hq/mine/two_antecedents.h"

namespace xsell::hq {

// Counts the offers of the most frequent pairs of antecedents in the baskets [begin, end), and
// keeps those that are better than either single rule beyond chance. Not played yet. In order of
// first, second.
TwoAntecedentSearch count_two_antecedents(const BasketTable& table, std::size_t begin,
                                          std::size_t end, const TwoAntecedentOptions& options);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_ANTECEDENT_COUNTS_H_

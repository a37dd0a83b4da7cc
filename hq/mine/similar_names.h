#ifndef XSELL_HQ_MINE_SIMILAR_NAMES_H_
#define XSELL_HQ_MINE_SIMILAR_NAMES_H_

#include <string_view>

namespace xsell::hq {

// Whether two item names are so alike that they most likely name one product in two colours, sizes
// or designs: of two or more words each, all but one are the same ("RED TEA TOWEL", "BLUE TEA
// TOWEL").
bool are_similar_names(std::string_view a, std::string_view b);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_SIMILAR_NAMES_H_

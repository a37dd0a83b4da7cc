#ifndef XSELL_RULES_PAIR_TARGET_H_
#define XSELL_RULES_PAIR_TARGET_H_

#include <cstdint>

#include "rules/flat_lists.h"

namespace xsell::rules {

// Offers mined for a trigger item, in the order of the offered item's id.
struct PairTarget {
  std::uint32_t item;
  std::int32_t weight;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PAIR_TARGET_H_

// What the host said of its promotions: which it could grant or has granted.
#ifndef XSELL_RULES_PROMOTIONS_H_
#define XSELL_RULES_PROMOTIONS_H_

#include <cstdint>

#include "rules/fixed_vector.h"

namespace xsell::rules {

struct ConfirmedPromotion {
  std::uint64_t hash = 0;  // of its id
  std::int64_t saving_minor = 0;
  std::int32_t missing_count = 0;  // pieces that the basket is short of it
};

using Promotions = FixedVector<ConfirmedPromotion, 16>;

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMOTIONS_H_

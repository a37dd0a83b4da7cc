// What a customer bought before, as far as the host told it and the rule set knows the items.
// Threads: plain values. Allocates nothing.
#ifndef XSELL_RULES_CUSTOMER_PAST_H_
#define XSELL_RULES_CUSTOMER_PAST_H_

#include <cstddef>
#include <cstdint>

#include "rules/fixed_vector.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxRecentItems = 256;  // more are not considered

struct RecentItem {
  std::uint32_t item = 0;
  std::int32_t times = 1;     // baskets of this customer that held it
  std::int32_t days_ago = 0;  // since the last of them
};

struct CustomerPast {
  FixedVector<RecentItem, kMaxRecentItems> items;
  std::int32_t visits = 0;  // baskets they are from

  void clear() {
    items.clear();
    visits = 0;
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CUSTOMER_PAST_H_

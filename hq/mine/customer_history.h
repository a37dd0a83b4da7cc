#ifndef XSELL_HQ_MINE_CUSTOMER_HISTORY_H_
#define XSELL_HQ_MINE_CUSTOMER_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hq/local_time.h"
#include "hq/mine/basket_table.h"
#include "rules/customer_past.h"

namespace xsell::hq {

// Whole days since an earlier basket, as a host tells them.
inline std::int64_t days_between(std::int64_t earlier_s, std::int64_t now_s) {
  return (now_s - earlier_s) / kSecondsPerDay;
}
// A host tells of the last year.
inline bool is_told(std::int64_t days_ago) { return days_ago <= 365; }

// What the customer of each basket bought in earlier baskets: what a host is asked to tell of the
// last year. Threads: one.
class CustomerHistory {
 public:
  // Where baskets have no dates nobody has a past. Requires: the table is in time order and
  // outlives it.
  explicit CustomerHistory(const BasketTable& table);

  // Latest first. Without items when nobody is known or nothing was bought before.
  const rules::CustomerPast& past_of(std::size_t basket);
  bool has_customers() const { return has_customers_; }

 private:
  const BasketTable& table_;
  std::vector<std::uint32_t> previous_;  // by basket: the same customer's last one + 1; 0: none
  bool has_customers_ = false;
  std::vector<std::uint16_t> places_;  // by item: in past_.items, from 1
  rules::CustomerPast past_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_CUSTOMER_HISTORY_H_

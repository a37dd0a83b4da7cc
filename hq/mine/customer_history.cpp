#include "hq/mine/customer_history.h"

namespace xsell::hq {

CustomerHistory::CustomerHistory(const BasketTable& table)
    : table_(table), previous_(table.basket_count(), 0), places_(table.item_ids.size(), 0) {
  if (table.basket_count() == 0 || table.times_s.front() == table.times_s.back()) return;
  std::vector<std::uint32_t> last;  // by customer
  for (std::size_t basket = 0; basket < table.basket_count(); ++basket) {
    const std::uint32_t customer = table.customer(basket);
    if (customer == 0) continue;
    has_customers_ = true;
    if (last.size() <= customer) last.resize(customer + 1, 0);
    previous_[basket] = last[customer];
    last[customer] = static_cast<std::uint32_t>(basket) + 1;
  }
}

const rules::CustomerPast& CustomerHistory::past_of(std::size_t basket) {
  for (const rules::RecentItem& recent : past_.items) places_[recent.item] = 0;
  past_.clear();
  const std::int64_t now_s = table_.times_s[basket];
  for (std::size_t at = basket; previous_[at] != 0;) {
    at = previous_[at] - 1;
    const std::int64_t days = days_between(table_.times_s[at], now_s);
    if (!is_told(days)) break;
    ++past_.visits;
    for (const std::uint32_t item : table_.basket(at)) {
      if (places_[item] != 0) {
        ++past_.items[places_[item] - 1].times;
      } else if (past_.items.push({item, 1, static_cast<std::int32_t>(days)})) {
        places_[item] = static_cast<std::uint16_t>(past_.items.size());
      }
    }
  }
  return past_;
}

}  // namespace xsell::hq

#ifndef XSELL_HQ_MINE_MONTH_COUNTS_H_
#define XSELL_HQ_MINE_MONTH_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "hq/mine/basket_table.h"
#include "hq/mine/history_counts.h"
#include "hq/store.h"
#include "hq/time_range.h"

namespace xsell::hq {

// Months since year 0.
std::int64_t month_of(std::int64_t time_s);
TimeRange range_of_month(std::int64_t month);

// To be called in each transaction that changes baskets, and the first for each month of them.
void forget_month(HqStore& store, std::int64_t month);
void note_basket_change(HqStore& store);

// The baskets of a range: the latest one by one, the months before them as counts.
struct CountedBaskets {
  HistoryCounts past;  // item numbers are items.item_id
  BasketTable later;
  std::size_t counted_months = 0;  // of those in `past`, how many had to be counted now
};

// Months that were counted before are not read again: the store keeps their counts, and importing
// baskets of a month, or a return to it, takes them away. `later` holds at least `later_share` of
// the baskets, in whole months but for the ends of the range. Equal to counting all of them.
CountedBaskets load_counted_baskets(HqStore& store, const TimeRange& range, double later_share,
                                    const std::function<void(std::int64_t month)>& on_month);

}  // namespace xsell::hq

#endif  // XSELL_HQ_MINE_MONTH_COUNTS_H_

#include "hq/replay/past_baskets.h"

#include "hq/local_time.h"

namespace xsell::hq {

using offline_cache::Statement;

std::uint64_t count_past_baskets(HqStore& store, const TimeRange& range) {
  Statement count =
      store.prepare("SELECT count(*) FROM baskets WHERE local_time_s >= ? AND local_time_s < ?");
  count.bind_all(range.from_s, range.until_s).step();
  return static_cast<std::uint64_t>(count.column_int64(0));
}

TimeRange latest_days(HqStore& store, int days) {
  Statement last = store.prepare("SELECT max(local_time_s) FROM baskets");
  last.step();
  if (last.is_null(0)) return {.from_s = 0, .until_s = 0};
  const std::int64_t end_s = (last.column_int64(0) / kSecondsPerDay + 1) * kSecondsPerDay;
  return {.from_s = end_s - days * kSecondsPerDay, .until_s = end_s};
}

void for_each_past_basket(HqStore& store, const TimeRange& range,
                          const std::function<void(const PastBasket&)>& take) {
  // CROSS JOIN keeps SQLite to this order: baskets by time, then their lines.
  Statement rows = store.prepare(
      "SELECT b.basket_id, b.store, b.basket, b.customer, b.local_time_s, i.item,"
      "  l.quantity_milli, l.price_minor "
      "FROM baskets b CROSS JOIN basket_lines l USING (basket_id) CROSS JOIN items i USING "
      "(item_id) "
      "WHERE b.local_time_s >= ? AND b.local_time_s < ? "
      "ORDER BY b.local_time_s, b.basket_id, l.line");
  rows.bind_all(range.from_s, range.until_s);
  PastBasket basket;
  std::int64_t basket_id = -1;
  while (rows.step()) {
    if (rows.column_int64(0) != basket_id) {
      if (basket_id >= 0) take(basket);
      basket_id = rows.column_int64(0);
      basket.store = rows.column_text(1);
      basket.name = rows.column_text(2);
      basket.customer = rows.column_text(3);
      basket.time_s = rows.column_int64(4);
      basket.lines.clear();
    }
    PastBasket::Line& line = basket.lines.emplace_back();
    line.item = rows.column_text(5);
    line.quantity_milli = rows.column_int64(6);
    if (!rows.is_null(7)) line.price_minor = rows.column_int64(7);
  }
  if (basket_id >= 0) take(basket);
}

}  // namespace xsell::hq

#ifndef XSELL_TESTS_HQ_STORED_BASKETS_H_
#define XSELL_TESTS_HQ_STORED_BASKETS_H_

#include <string>

#include "hq/store.h"

namespace xsell::hq {

// All basket lines as text, in order: store, basket, time, customer, item, quantity, price.
// `time`: an SQL expression.
inline std::string stored_baskets(const std::string& database,
                                  const std::string& time = "b.local_time_s") {
  HqStore store(database);
  auto rows = store.prepare(
      "SELECT b.store, b.basket, " + time +
      ", b.customer, i.item, l.quantity_milli,"
      "  coalesce(l.price_minor, -1) FROM baskets b JOIN basket_lines l USING (basket_id)"
      "  JOIN items i USING (item_id) ORDER BY b.store, b.basket, l.line");
  std::string text;
  while (rows.step()) {
    for (int column = 0; column < 7; ++column) {
      text += std::string(rows.column_text(column)) + (column == 6 ? "\n" : " ");
    }
  }
  return text;
}

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_STORED_BASKETS_H_

// The columns of a file with one bought item a line, and the names they go by in the field.
#ifndef XSELL_HQ_IMPORT_BASKET_COLUMNS_H_
#define XSELL_HQ_IMPORT_BASKET_COLUMNS_H_

#include <array>

#include "hq/import/column_map.h"

namespace xsell::hq {

enum BasketRole : std::size_t { kBasket, kTime, kItem, kQuantity, kPrice, kCustomer, kStore };

using BasketRoles = std::array<ColumnRole, 7>;

inline BasketRoles basket_roles(bool needs_time) {
  return {{
      {"basket",
       true,
       {"basket_id", "transaction", "transaction_id", "receipt", "receipt_id", "ticket", "invoice",
        "invoice_no", "order", "order_id", "transaction_number", "sequence_number"}},
      {"time",
       needs_time,
       {"ts", "timestamp", "date_time", "datetime", "invoice_date", "date", "begin_date_time"}},
      {"item",
       true,
       {"item_id", "sku", "gtin", "ean", "upc", "plu", "stock_code", "product", "product_id",
        "article", "pos_identity"}},
      {"quantity", false, {"qty", "units", "count"}},
      {"price", false, {"unit_price", "regular_sales_unit_price", "actual_sales_unit_price"}},
      {"customer", false, {"customer_id", "user_id", "member", "card", "loyalty_id"}},
      {"store", false, {"store_id", "business_unit", "business_unit_id", "shop", "branch"}},
  }};
}

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BASKET_COLUMNS_H_

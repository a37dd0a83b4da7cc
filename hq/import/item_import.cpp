#include <array>
#include <charconv>

#include "hq/import/number.h"
#include "hq/import/table_import.h"
#include "hq/import/table_rows.h"
#include "rules/item_key.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

enum ItemRole : std::size_t {
  kItem,
  kName,
  kCategory,
  kPrice,
  kBrand,
  kTags,
  kItemClass,
  kVariantGroup,
  kFloorPrice,
  kMinimumAge,
};

const std::array<ColumnRole, 10> kItemRoles = {{
    {"item",
     true,
     {"item_id", "sku", "gtin", "ean", "upc", "plu", "stock_code", "product_id", "article"}},
    {"name", false, {"description", "item_name", "product_name", "title", "text"}},
    {"category", false, {"category_code", "merchandise_hierarchy_group", "department", "group"}},
    {"price", false, {"unit_price", "regular_price", "list_price"}},
    {"brand", false, {"manufacturer"}},
    {"tags", false, {}},
    {"class", false, {"item_class"}},
    {"variant_group", false, {"variant_of", "style", "model", "parent_item"}},
    {"floor_price", false, {}},
    {"minimum_age", false, {"age", "minimum_customer_age", "age_limit"}},
}};

enum CategoryRole : std::size_t { kCode, kParent, kCategoryName };

const std::array<ColumnRole, 3> kCategoryRoles = {{
    {"category", true, {"category_code", "code", "id"}},
    {"parent", false, {"parent_category", "parent_code"}},
    {"name", false, {"category_name", "description", "title"}},
}};

constexpr std::size_t kMaxCodeBytes = 63;

// Reads an optional price; false when there is a text that is no price.
bool read_price(const TableRow& row, std::size_t role, int decimals,
                std::optional<std::int64_t>& price) {
  const std::string_view text = row.text(role);
  if (text.empty()) return true;
  price = parse_decimal(text, decimals);
  return price && *price >= 0;
}

}  // namespace

TableImportCounts import_items(HqStore& store, CsvReader& reader, const std::string& file,
                               const TableImportOptions& options, BadLines& bad) {
  Transaction transaction(store.database());
  Statement upsert = store.prepare(
      "INSERT INTO items (item, is_known, name, language, category, brand, tags, item_class,"
      "  variant_group, price_minor, floor_price_minor, currency, minimum_age) "
      "VALUES (?1, 1, coalesce(?2, ''), ?3, coalesce(?4, ''), coalesce(?5, ''), coalesce(?6, ''),"
      "  coalesce(?7, ''), coalesce(?8, ''), ?9, ?10, ?11, coalesce(?12, 0)) "
      "ON CONFLICT (item) DO UPDATE SET is_known = 1, name = coalesce(?2, name), language = ?3,"
      "  category = coalesce(?4, category), brand = coalesce(?5, brand), tags = coalesce(?6, tags),"
      "  item_class = coalesce(?7, item_class), variant_group = coalesce(?8, variant_group),"
      "  price_minor = coalesce(?9, price_minor),"
      "  floor_price_minor = coalesce(?10, floor_price_minor), currency = ?11,"
      "  minimum_age = coalesce(?12, minimum_age)");
  Statement add_category = store.prepare(
      "INSERT INTO categories (category, name) VALUES (?1, ?1) ON CONFLICT DO NOTHING");
  const auto take = [&](const TableRow& row) -> const char* {
    const auto key = rules::ItemKey::from_text(row.text(kItem));
    if (!key) return "no item id, or one over 63 bytes or with '>' or control characters";
    std::optional<std::int64_t> price, floor_price, minimum_age;
    if (!read_price(row, kPrice, options.price_decimals, price) ||
        !read_price(row, kFloorPrice, options.price_decimals, floor_price)) {
      return "the price is no number of 0 or more";
    }
    if (!row.text(kMinimumAge).empty()) {
      minimum_age = parse_decimal(row.text(kMinimumAge), 0);
      if (!minimum_age || *minimum_age < 0 || *minimum_age > 120) return "the age is no age";
    }
    const std::string_view category = row.text(kCategory);
    if (category.size() > kMaxCodeBytes) return "the category is over 63 bytes";
    if (!category.empty()) add_category.run(category);
    upsert.run(key->view(), row.given(kName), options.language, row.given(kCategory),
               row.given(kBrand), row.given(kTags), row.given(kItemClass), row.given(kVariantGroup),
               price, floor_price, options.currency, minimum_age);
    return nullptr;
  };
  TableImportCounts counts = read_table(reader, file, kItemRoles, options, bad, take);
  transaction.commit();
  return counts;
}

TableImportCounts import_categories(HqStore& store, CsvReader& reader, const std::string& file,
                                    const TableImportOptions& options, BadLines& bad) {
  Transaction transaction(store.database());
  Statement upsert = store.prepare(
      "INSERT INTO categories (category, parent, name) VALUES (?1, coalesce(?2, ''), coalesce(?3, "
      "?1)) "
      "ON CONFLICT (category) DO UPDATE SET parent = coalesce(?2, parent), name = coalesce(?3, "
      "name)");
  const auto take = [&](const TableRow& row) -> const char* {
    const std::string_view code = row.text(kCode);
    if (code.empty() || code.size() > kMaxCodeBytes)
      return "no category code, or one over 63 bytes";
    if (row.text(kParent) == code) return "the category is its own parent";
    upsert.run(code, row.given(kParent), row.given(kCategoryName));
    return nullptr;
  };
  TableImportCounts counts = read_table(reader, file, kCategoryRoles, options, bad, take);
  transaction.commit();
  return counts;
}

}  // namespace xsell::hq

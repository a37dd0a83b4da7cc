#include "hq/import/basket_import.h"

#include "hq/import/basket_columns.h"
#include "hq/import/number.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

constexpr std::uint64_t kBatchLines = 200'000;
constexpr std::size_t kMaxBasketLines = 10'000;
constexpr int kQuantityDecimals = 3;

}  // namespace

struct BasketImport::Statements {
  explicit Statements(HqStore& store)
      : add_basket(
            store.prepare("INSERT INTO baskets (store, basket, local_time_s, customer, import_id) "
                          "VALUES (?, ?, ?, ?, ?) ON CONFLICT (store, basket) DO NOTHING")),
        find_basket(store.prepare(
            "SELECT basket_id, import_id FROM baskets WHERE store = ? AND basket = ?")),
        replace_basket(store.prepare("UPDATE baskets SET local_time_s = ?, customer = ?, import_id "
                                     "= ? WHERE basket_id = ?")),
        last_line(
            store.prepare("SELECT coalesce(max(line), 0) FROM basket_lines WHERE basket_id = ?")),
        remove_lines(store.prepare("DELETE FROM basket_lines WHERE basket_id = ?")),
        add_line(store.prepare("INSERT INTO basket_lines "
                               "(basket_id, line, item_id, quantity_milli, price_minor) "
                               "VALUES (?, ?, ?, ?, ?)")) {}
  Statement add_basket, find_basket, replace_basket, last_line, remove_lines, add_line;
};

BasketImport::BasketImport(HqStore& store, BasketImportOptions options, std::int64_t import_id,
                           BadLines& bad)
    : store_(store),
      options_(std::move(options)),
      import_id_(import_id),
      bad_(bad),
      items_(store),
      statements_(std::make_unique<Statements>(store)) {
  // Large enough for a batch's pages, so that other processes are shut out only while it commits.
  store_.database().execute("PRAGMA cache_size = -65536");
}

BasketImport::~BasketImport() = default;

void BasketImport::begin_file(const CsvReader& reader, const std::string& file) {
  file_ = file;
  map_.emplace(basket_roles(true), reader.header(), options_.map);
  batch_ = std::make_unique<Transaction>(store_.database());
}

bool BasketImport::read_line(CsvReader& reader) {
  const CsvReader::Row row = reader.next();
  if (row == CsvReader::Row::kEnd) return false;
  ++counts_.lines;
  if (row == CsvReader::Row::kBad) {
    bad_.add(file_, reader.line(), reader.bad_reason(), reader.raw());
  } else if (const char* reason = take_row(reader.fields())) {
    bad_.add(file_, reader.line(), reason, reader.raw());
  }
  return true;
}

const char* BasketImport::take_row(const std::vector<std::string_view>& row) {
  const std::string_view basket = map_->field(kBasket, row);
  if (basket.empty()) return "no basket number";
  const std::string_view time_text = map_->field(kTime, row);
  if (time_text != last_time_text_ || !last_time_s_) {
    last_time_text_ = time_text;
    last_time_s_ = options_.time_pattern.empty() ? parse_time(time_text)
                                                 : parse_time(time_text, options_.time_pattern);
  }
  if (!last_time_s_) return "the time can't be read (see --time-format)";
  if (!options_.range.contains(*last_time_s_)) {
    ++counts_.outside_range;
    return nullptr;
  }
  std::int64_t quantity_milli = 1000;
  if (map_->has(kQuantity)) {
    const auto parsed = parse_decimal(map_->field(kQuantity, row), kQuantityDecimals);
    if (!parsed) return "the quantity is no number";
    if (*parsed == 0) return "the quantity is 0";
    quantity_milli = *parsed;
  }
  std::optional<std::int64_t> price_minor;
  const std::string_view price_text = map_->field(kPrice, row);
  if (!price_text.empty()) {
    price_minor = parse_decimal(price_text, options_.price_decimals);
    if (!price_minor) return "the price is no number";
  }
  const std::string_view item_text = map_->field(kItem, row);
  if (item_text.empty()) return "no item";

  std::string_view store_id = map_->field(kStore, row);
  if (store_id.empty()) store_id = options_.store;
  if (basket != basket_ || store_id != store_id_) {
    write_basket();
    basket_ = basket;
    store_id_ = store_id;
    customer_ = map_->field(kCustomer, row);
    time_s_ = *last_time_s_;
  }
  if (lines_.size() >= kMaxBasketLines) return "the basket has too many lines";
  const auto item_id = items_.find_or_add(item_text);
  if (!item_id) return "this can't be an item id: over 63 bytes, or with '>' or control characters";
  lines_.push_back({*item_id, quantity_milli, price_minor});
  if (quantity_milli < 0) ++counts_.return_lines;
  return nullptr;
}

std::int64_t BasketImport::basket_row() {
  statements_->add_basket.run(store_id_, basket_, time_s_, customer_, import_id_);
  if (store_.database().changed_rows() > 0) {
    ++counts_.new_baskets;
    return store_.database().last_insert_id();
  }
  statements_->find_basket.bind_all(store_id_, basket_).step();
  const std::int64_t basket_id = statements_->find_basket.column_int64(0);
  const bool is_from_this_import = statements_->find_basket.column_int64(1) == import_id_;
  statements_->find_basket.reset();
  if (!is_from_this_import) {
    ++counts_.replaced_baskets;
    statements_->remove_lines.run(basket_id);
    statements_->replace_basket.run(time_s_, customer_, import_id_, basket_id);
  }
  return basket_id;
}

void BasketImport::write_basket() {
  if (lines_.empty()) return;
  const std::uint64_t new_before = counts_.new_baskets;
  const std::int64_t basket_id = basket_row();
  std::int64_t line = 0;
  if (counts_.new_baskets == new_before) {
    statements_->last_line.bind_all(basket_id).step();
    line = statements_->last_line.column_int64(0);
    statements_->last_line.reset();
  }
  for (const Line& entry : lines_) {
    statements_->add_line.run(basket_id, ++line, entry.item_id, entry.quantity_milli,
                              entry.price_minor);
  }
  counts_.kept_lines += lines_.size();
  counts_.new_items = items_.added_count();
  batch_lines_ += lines_.size();
  lines_.clear();
  if (batch_lines_ >= kBatchLines) {
    batch_->commit();
    batch_ = std::make_unique<Transaction>(store_.database());
    batch_lines_ = 0;
  }
}

void BasketImport::end_file() {
  write_basket();
  batch_->commit();
  batch_.reset();
  batch_lines_ = 0;
}

}  // namespace xsell::hq

#include "hq/import/basket_import.h"

#include <zlib.h>

#include "hq/import/number.h"
#include "hq/local_time.h"
#include "hq/mine/month_counts.h"
#include "hq/output.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

constexpr std::uint64_t kBatchLines = 200'000;
constexpr std::size_t kMaxBasketLines = 10'000;
constexpr int kQuantityDecimals = 3;

std::uint64_t checksum_with(std::uint64_t sum, std::string_view raw) {
  return crc32_z(sum, reinterpret_cast<const Bytef*>(raw.data()), raw.size());
}

std::string to_text(const BasketImportCounts& counts, const BadLines& bad) {
  return Json::array({counts.lines, counts.kept_lines, counts.return_lines, counts.outside_range,
                      counts.new_baskets, counts.replaced_baskets, counts.void_baskets,
                      counts.new_items, bad.to_json()})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

BasketImportCounts from_text(const std::string& text, BadLines& bad) {
  const Json json = Json::parse(text);
  BasketImportCounts counts;
  std::size_t at = 0;
  for (std::uint64_t* count :
       {&counts.lines, &counts.kept_lines, &counts.return_lines, &counts.outside_range,
        &counts.new_baskets, &counts.replaced_baskets, &counts.void_baskets, &counts.new_items}) {
    *count = json.at(at++).get<std::uint64_t>();
  }
  bad.add(json.at(at));
  return counts;
}

}  // namespace

struct BasketImport::Statements {
  explicit Statements(HqStore& store)
      : add_basket(
            store.prepare("INSERT INTO baskets (store, basket, local_time_s, customer, import_id) "
                          "VALUES (?, ?, ?, ?, ?) ON CONFLICT (store, basket) DO NOTHING")),
        find_basket(store.prepare("SELECT basket_id, import_id, local_time_s FROM baskets WHERE "
                                  "store = ? AND basket = ?")),
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

BasketImport::BasketImport(HqStore& store, BasketImportOptions options, ImportLog& log,
                           BadLines& bad)
    : store_(store),
      options_(std::move(options)),
      log_(log),
      bad_(bad),
      items_(store),
      statements_(std::make_unique<Statements>(store)) {
  // Large enough for a batch's pages, so that other processes are shut out only while it commits.
  store_.database().execute("PRAGMA cache_size = -65536");
}

BasketImport::~BasketImport() = default;

bool BasketImport::pass_over(BasketRows* rows, const ImportProgress& progress) {
  while (rows != nullptr && read_.rows < progress.rows && rows->next() != BasketRows::Row::kEnd) {
    row_checksum_ = checksum_with(row_checksum_, rows->raw());
    ++read_.rows;
  }
  if (read_.rows == progress.rows && row_checksum_ == progress.checksum) {
    counts_ = from_text(progress.counts, bad_);
    items_before_ = counts_.new_items;
    return true;
  }
  read_ = {};
  row_checksum_ = 0;
  return false;
}

void BasketImport::begin_file(const BasketRows&, const std::string& file, std::size_t file_number) {
  file_ = file;
  read_.file = file_number;
  read_.checksum = row_checksum_;
  batch_ = std::make_unique<Transaction>(store_.database());
}

bool BasketImport::read_row(BasketRows& rows) {
  const BasketRows::Row row = rows.next();
  if (row == BasketRows::Row::kEnd) return false;
  done_lines_ = counts_.lines++;
  row_checksum_ = checksum_with(row_checksum_, rows.raw());
  if (row == BasketRows::Row::kBad) {
    bad_.add(file_, rows.line(), rows.bad_reason(), rows.raw());
  } else if (const char* reason = take_row(rows)) {
    bad_.add(file_, rows.line(), reason, rows.raw());
  }
  ++read_.rows;
  read_.checksum = row_checksum_;
  return true;
}

const char* BasketImport::take_row(const BasketRows& rows) {
  const std::string_view basket = rows.field(kBasket);
  if (basket.empty()) return "no basket number";
  std::string_view store_id = rows.field(kStore);
  if (store_id.empty()) store_id = options_.store;
  if (rows.is_void()) return take_void(store_id, basket);
  const std::string_view time_text = rows.field(kTime);
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
  if (rows.has(kQuantity)) {
    const auto parsed = parse_decimal(rows.field(kQuantity), kQuantityDecimals);
    if (!parsed) return "the quantity is no number";
    if (*parsed == 0) return "the quantity is 0";
    quantity_milli = *parsed;
  }
  std::optional<std::int64_t> price_minor;
  const std::string_view price_text = rows.field(kPrice);
  if (!price_text.empty()) {
    price_minor = parse_decimal(price_text, options_.price_decimals);
    if (!price_minor) return "the price is no number";
  }
  const std::string_view item_text = rows.field(kItem);
  if (item_text.empty()) return "no item";

  if (basket != basket_ || store_id != store_id_) {
    write_basket();
    basket_ = basket;
    store_id_ = store_id;
    customer_ = rows.field(kCustomer);
    time_s_ = *last_time_s_;
  }
  if (lines_.size() >= kMaxBasketLines) return "the basket has too many lines";
  const auto item_id = items_.find_or_add(item_text);
  if (!item_id) return "this can't be an item id: over 63 bytes, or with '>' or control characters";
  lines_.push_back({*item_id, quantity_milli, price_minor});
  if (quantity_milli < 0) ++counts_.return_lines;
  return nullptr;
}

const char* BasketImport::take_void(std::string_view store, std::string_view basket) {
  write_basket();
  statements_->find_basket.bind_all(store, basket);
  const bool is_there = statements_->find_basket.step();
  if (is_there) {
    months_.insert(month_of(statements_->find_basket.column_int64(2)));
    statements_->remove_lines.run(statements_->find_basket.column_int64(0));
    ++counts_.void_baskets;
  }
  statements_->find_basket.reset();
  return is_there ? nullptr : "it voids a transaction that is not there";
}

std::int64_t BasketImport::basket_row() {
  statements_->add_basket.run(store_id_, basket_, time_s_, customer_, log_.import_id());
  months_.insert(month_of(time_s_));
  if (store_.database().changed_rows() > 0) {
    ++counts_.new_baskets;
    return store_.database().last_insert_id();
  }
  statements_->find_basket.bind_all(store_id_, basket_).step();
  const std::int64_t basket_id = statements_->find_basket.column_int64(0);
  const bool is_from_this_import = statements_->find_basket.column_int64(1) == log_.import_id();
  months_.insert(month_of(statements_->find_basket.column_int64(2)));
  statements_->find_basket.reset();
  if (!is_from_this_import) {
    ++counts_.replaced_baskets;
    statements_->remove_lines.run(basket_id);
    statements_->replace_basket.run(time_s_, customer_, log_.import_id(), basket_id);
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
  counts_.new_items = items_before_ + items_.added_count();
  batch_lines_ += lines_.size();
  lines_.clear();
  if (batch_lines_ >= kBatchLines) {
    commit(read_);
    batch_ = std::make_unique<Transaction>(store_.database());
  }
}

void BasketImport::commit(const ImportProgress& progress) {
  for (const std::int64_t month : months_) forget_month(store_, month);
  note_basket_change(store_);
  ImportProgress saved = progress;
  BasketImportCounts counts = counts_;
  counts.lines = done_lines_;
  saved.counts = to_text(counts, bad_);
  log_.save(saved);
  batch_->commit();
  batch_.reset();
  batch_lines_ = 0;
  months_.clear();
}

void BasketImport::end_file() {
  write_basket();
  read_ = {.file = read_.file + 1, .rows = 0, .checksum = 0, .counts = {}};
  row_checksum_ = 0;
  done_lines_ = counts_.lines;
  commit(read_);
}

}  // namespace xsell::hq

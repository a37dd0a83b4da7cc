#include "hq/import/basket_file.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "hq/errors.h"
#include "hq/import/basket_columns.h"
#include "hq/import/byte_source.h"
#include "hq/import/csv_reader.h"
#include "hq/import/fimi_line.h"
#include "hq/import/fimi_reader.h"
#include "hq/import/number.h"
#include "hq/local_time.h"
#include "rules/item_key.h"

namespace xsell::hq {
namespace {

constexpr int kQuantityDecimals = 3;
constexpr std::int64_t kOnePieceMilli = 1000;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Numbers = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

BasketFormat detect_format(const std::string& path) {
  if (path == "-") return BasketFormat::csv;
  std::array<char, 256> start;
  const std::size_t size = ByteSource::open(path)->read(start);
  return looks_like_fimi({start.data(), size}) ? BasketFormat::fimi : BasketFormat::csv;
}

class CsvBaskets {
 public:
  CsvBaskets(const std::string& path, const BasketFileOptions& options, BadLines& bad)
      : path_(path),
        options_(options),
        bad_(bad),
        reader_(ByteSource::open(path)),
        map_(basket_roles(false), reader_.header(), options.map) {}

  BasketFile read() {
    for (auto row = reader_.next(); row != CsvReader::Row::kEnd; row = reader_.next()) {
      ++file_.lines;
      if (row == CsvReader::Row::kBad) {
        bad_.add(path_, reader_.line(), reader_.bad_reason(), reader_.raw());
      } else if (const char* reason = take_row(reader_.fields())) {
        bad_.add(path_, reader_.line(), reason, reader_.raw());
      }
    }
    file_.has_times = has_times_;
    build_table();
    file_.has_clock_times = stands_in_scan_order(file_.table);
    return std::move(file_);
  }

 private:
  struct Line {
    std::uint32_t basket, item;
    std::int64_t quantity_milli;
  };

  const char* take_row(const std::vector<std::string_view>& row) {
    const std::string_view basket = map_.field(kBasket, row);
    if (basket.empty()) return "no basket number";
    std::int64_t time_s = 0;
    if (map_.has(kTime)) {
      const std::string_view text = map_.field(kTime, row);
      if (text.empty() && has_times_) return "no time";
      if (!text.empty() && text != last_time_text_) {
        const auto time = options_.time_pattern.empty() ? parse_time(text)
                                                        : parse_time(text, options_.time_pattern);
        if (!time) return "the time can't be read (see --time-format)";
        last_time_text_ = text;
        last_time_s_ = *time;
        has_times_ = true;
      }
      time_s = last_time_s_;
    }
    std::int64_t quantity_milli = kOnePieceMilli;
    if (map_.has(kQuantity) && !map_.field(kQuantity, row).empty()) {
      const auto parsed = parse_decimal(map_.field(kQuantity, row), kQuantityDecimals);
      if (!parsed) return "the quantity is no number";
      quantity_milli = *parsed;
    }
    const auto item = item_number(map_.field(kItem, row));
    if (!item) return "this can't be an item id: over 63 bytes, or with '>' or control characters";
    const std::uint32_t number = basket_number(basket, map_.field(kStore, row), time_s);
    lines_.push_back({number, *item, quantity_milli});
    if (map_.has(kCustomer)) note_customer(number, map_.field(kCustomer, row));
    return nullptr;
  }

  std::optional<std::uint32_t> item_number(std::string_view text) {
    const auto known = items_.find(text);
    if (known != items_.end()) return known->second;
    const auto key = rules::ItemKey::from_text(text);
    if (!key) return std::nullopt;
    auto number = items_.find(key->view());
    if (number == items_.end()) {
      number = items_.emplace(key->text(), static_cast<std::uint32_t>(file_.keys.size())).first;
      file_.keys.push_back(key->text());
    }
    const std::uint32_t item = number->second;
    items_.emplace(text, item);
    return item;
  }

  void note_customer(std::uint32_t basket, std::string_view customer) {
    if (customer.empty()) return;
    const auto known = customers_.find(customer);
    const auto next = static_cast<std::uint32_t>(customers_.size() + 1);
    customer_of_[basket] = known != customers_.end()
                               ? known->second
                               : customers_.emplace(customer, next).first->second;
  }

  std::uint32_t basket_number(std::string_view basket, std::string_view store,
                              std::int64_t time_s) {
    basket_key_.assign(store);
    basket_key_ += '\0';
    basket_key_ += basket;
    const auto [at, is_new] =
        baskets_.emplace(basket_key_, static_cast<std::uint32_t>(names_.size()));
    if (is_new) {
      names_.emplace_back(basket);
      times_s_.push_back(time_s);
      customer_of_.push_back(0);
    }
    return at->second;
  }

  void build_table() {
    std::vector<std::size_t> begins(names_.size() + 1, 0);
    for (const Line& line : lines_) ++begins[line.basket + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    std::vector<std::size_t> places(lines_.size());
    std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
    for (std::size_t i = 0; i < lines_.size(); ++i) places[next[lines_[i].basket]++] = i;

    std::vector<std::uint32_t> order(names_.size());
    std::iota(order.begin(), order.end(), 0U);
    if (file_.has_times) {
      std::stable_sort(order.begin(), order.end(),
                       [&](std::uint32_t a, std::uint32_t b) { return times_s_[a] < times_s_[b]; });
    }
    BasketTable& table = file_.table;
    for (std::size_t i = 0; i < file_.keys.size(); ++i) {
      table.item_ids.push_back(static_cast<std::int64_t>(i));
    }
    std::vector<std::int64_t> quantities(file_.keys.size(), 0);
    std::vector<std::uint32_t> seen;
    std::vector<std::uint8_t> is_seen(file_.keys.size(), 0);
    for (const std::uint32_t basket : order) {
      seen.clear();
      for (std::size_t at = begins[basket]; at < begins[basket + 1]; ++at) {
        const Line& line = lines_[places[at]];
        if (is_seen[line.item] == 0) seen.push_back(line.item);
        is_seen[line.item] = 1;
        quantities[line.item] += line.quantity_milli;
      }
      for (const std::uint32_t item : seen) {
        if (quantities[item] > 0) table.items.push_back(item);
        quantities[item] = 0;
        is_seen[item] = 0;
      }
      if (table.items.size() == table.begins.back()) continue;
      table.begins.push_back(table.items.size());
      table.times_s.push_back(times_s_[basket]);
      table.customers.push_back(customer_of_[basket]);
      file_.names_of_baskets.push_back(std::move(names_[basket]));
    }
  }

  const std::string& path_;
  const BasketFileOptions& options_;
  BadLines& bad_;
  CsvReader reader_;
  const ColumnMap map_;
  BasketFile file_;
  Numbers items_;
  Numbers baskets_;
  Numbers customers_;
  std::string basket_key_;
  std::vector<std::string> names_;
  std::vector<std::int64_t> times_s_;
  std::vector<std::uint32_t> customer_of_;
  std::vector<Line> lines_;
  std::string last_time_text_;
  std::int64_t last_time_s_ = 0;
  bool has_times_ = false;  // a column of times may be empty throughout
};

BasketFile read_fimi(const std::string& path, BadLines& bad) {
  FimiReader reader(ByteSource::open(path));
  FimiTable numbers = reader.read(path, bad);
  BasketFile file;
  file.lines = numbers.lines;
  file.table.items = std::move(numbers.items);
  file.table.begins = std::move(numbers.begins);
  file.table.times_s.assign(file.table.basket_count(), 0);
  for (const std::uint32_t id : numbers.ids) {
    file.table.item_ids.push_back(static_cast<std::int64_t>(file.keys.size()));
    file.keys.push_back(std::to_string(id));
  }
  return file;
}

}  // namespace

BasketFile read_basket_file(const std::string& path, const BasketFileOptions& options,
                            BadLines& bad) {
  const BasketFormat format =
      options.format == BasketFormat::detect ? detect_format(path) : options.format;
  if (format == BasketFormat::fimi) return read_fimi(path, bad);
  return CsvBaskets(path, options, bad).read();
}

}  // namespace xsell::hq

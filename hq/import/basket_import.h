#ifndef XSELL_HQ_IMPORT_BASKET_IMPORT_H_
#define XSELL_HQ_IMPORT_BASKET_IMPORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/import/column_map.h"
#include "hq/import/csv_reader.h"
#include "hq/import/item_numbers.h"
#include "hq/store.h"
#include "hq/time_range.h"

namespace xsell::hq {

struct BasketImportOptions {
  std::vector<std::string> map;  // see ColumnMap
  std::string time_pattern;      // empty: ISO 8601
  std::string store = "all";     // of lines that name none
  int price_decimals = 2;
  TimeRange range;  // lines outside are left out
};

struct BasketImportCounts {
  std::uint64_t lines = 0;  // without the header
  std::uint64_t kept_lines = 0;
  std::uint64_t return_lines = 0;  // of the kept ones, with a negative quantity
  std::uint64_t outside_range = 0;
  std::uint64_t new_baskets = 0;
  std::uint64_t replaced_baskets = 0;
  std::uint64_t new_items = 0;  // that the catalogue does not know
};

// Reads transaction lines (one item each) into baskets, in bounded memory and batches.
// A basket that an earlier import brought is replaced as a whole, so that importing a file again,
// or again after an interruption, changes nothing; within one import its lines may lie apart.
// Threads: one. Fails: Refused, UsageError, StorageError; batches committed before that stay.
class BasketImport {
 public:
  BasketImport(HqStore& store, BasketImportOptions options, std::int64_t import_id, BadLines& bad);
  ~BasketImport();

  // `on_progress` is called every few hundred lines.
  template <typename OnProgress>
  void read(CsvReader& reader, const std::string& file, OnProgress on_progress) {
    begin_file(reader, file);
    while (read_line(reader)) {
      if (counts_.lines % 512 == 0) on_progress(counts_);
    }
    end_file();
  }

  const BasketImportCounts& counts() const { return counts_; }
  std::string mapping() const { return map_ ? map_->describe() : std::string(); }

 private:
  struct Line {
    std::int64_t item_id;
    std::int64_t quantity_milli;
    std::optional<std::int64_t> price_minor;
  };

  void begin_file(const CsvReader& reader, const std::string& file);
  bool read_line(CsvReader& reader);
  void end_file();
  // Null, or why the row can't be used.
  const char* take_row(const std::vector<std::string_view>& row);
  void write_basket();
  std::int64_t basket_row();

  struct Statements;
  HqStore& store_;
  BasketImportOptions options_;
  const std::int64_t import_id_;
  BadLines& bad_;
  ItemNumbers items_;
  std::optional<ColumnMap> map_;
  std::string file_;
  BasketImportCounts counts_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<offline_cache::Transaction> batch_;
  std::uint64_t batch_lines_ = 0;

  std::string store_id_;
  std::string basket_;
  std::string customer_;
  std::int64_t time_s_ = 0;
  std::vector<Line> lines_;
  std::string last_time_text_;
  std::optional<std::int64_t> last_time_s_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BASKET_IMPORT_H_

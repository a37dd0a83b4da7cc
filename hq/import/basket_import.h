#ifndef XSELL_HQ_IMPORT_BASKET_IMPORT_H_
#define XSELL_HQ_IMPORT_BASKET_IMPORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/import/basket_rows.h"
#include "hq/import/import_log.h"
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
  std::uint64_t void_baskets = 0;  // taken back by a later transaction
  std::uint64_t new_items = 0;     // that the catalogue does not know
};

// Reads transaction lines (one item each) into baskets, in bounded memory and batches. How far it
// has come is committed with each batch, so that an interrupted import goes on there.
// A basket that an earlier import brought is replaced as a whole, so that importing a file again,
// or again after an interruption, changes nothing; within one import its lines may lie apart.
// Threads: one. Fails: Refused, UsageError, StorageError; batches committed before that stay.
class BasketImport {
 public:
  BasketImport(HqStore& store, BasketImportOptions options, ImportLog& log, BadLines& bad);
  ~BasketImport();

  // To go on with an interrupted import, before read() of the file it came to: passes over what is
  // in already, and returns false if the file is not the one it was; then it must be read anew.
  // Null: it came to the end of all files.
  bool pass_over(BasketRows* rows, const ImportProgress& progress);

  // `on_progress` is called every few hundred rows.
  template <typename OnProgress>
  void read(BasketRows& rows, const std::string& file, std::size_t file_number,
            OnProgress on_progress) {
    begin_file(rows, file, file_number);
    while (read_row(rows)) {
      if (counts_.lines % 512 == 0) on_progress(counts_);
    }
    end_file();
  }

  const BasketImportCounts& counts() const { return counts_; }

 private:
  struct Line {
    std::int64_t item_id;
    std::int64_t quantity_milli;
    std::optional<std::int64_t> price_minor;
  };

  void begin_file(const BasketRows& rows, const std::string& file, std::size_t file_number);
  bool read_row(BasketRows& rows);
  void end_file();
  // Null, or why the row can't be used.
  const char* take_row(const BasketRows& rows);
  const char* take_void(std::string_view store, std::string_view basket);
  void write_basket();
  void commit(const ImportProgress& progress);
  std::int64_t basket_row();

  struct Statements;
  HqStore& store_;
  BasketImportOptions options_;
  ImportLog& log_;
  BadLines& bad_;
  ItemNumbers items_;
  std::string file_;
  BasketImportCounts counts_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<offline_cache::Transaction> batch_;
  std::uint64_t batch_lines_ = 0;
  std::set<std::int64_t> months_;  // that the batch changes
  ImportProgress read_;            // up to the row before the present one
  std::uint64_t row_checksum_ = 0;
  std::uint64_t done_lines_ = 0;
  std::uint64_t items_before_ = 0;  // new ones, before the import was interrupted

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

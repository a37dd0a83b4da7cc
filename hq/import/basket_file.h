#ifndef XSELL_HQ_IMPORT_BASKET_FILE_H_
#define XSELL_HQ_IMPORT_BASKET_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/mine/basket_table.h"

namespace xsell::hq {

enum class BasketFormat : std::uint8_t {
  detect,  // by the first bytes: digits and spaces alone are FIMI
  csv,     // one item a line, columns as for import baskets; the time may be missing
  fimi,    // one basket a line, items separated by spaces (the FIMI repository's .dat)
};

struct BasketFileOptions {
  BasketFormat format = BasketFormat::detect;
  std::vector<std::string> map;  // see ColumnMap
  std::string time_pattern;      // empty: ISO 8601
};

// Baskets straight from a file, without a store.
struct BasketFile {
  BasketTable table;              // in time order when there are times, else as they stand
  std::vector<std::string> keys;  // item number -> item key
  std::vector<std::string> names_of_baskets;  // CSV: as in the file; empty for FIMI
  bool has_times = false;
  bool has_clock_times = false;  // times of day, not only dates
  std::uint64_t lines = 0;
};

// Items are kept once a basket, in the order they first came; in CSV what is returned in the same
// basket is left out. Fails: Refused, UsageError; lines that can't be used go to `bad`.
BasketFile read_basket_file(const std::string& path, const BasketFileOptions& options,
                            BadLines& bad);

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BASKET_FILE_H_

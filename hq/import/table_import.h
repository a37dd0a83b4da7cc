#ifndef XSELL_HQ_IMPORT_TABLE_IMPORT_H_
#define XSELL_HQ_IMPORT_TABLE_IMPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hq/import/bad_lines.h"
#include "hq/import/csv_reader.h"
#include "hq/store.h"

namespace xsell::hq {

struct TableImportOptions {
  std::vector<std::string> map;  // see ColumnMap
  std::string currency;
  int price_decimals = 2;
  std::string language = "en";  // of names
};

struct TableImportCounts {
  std::uint64_t lines = 0;
  std::uint64_t kept = 0;
  std::string mapping;
};

// The small tables: each row is added, or changes the row of the same id; columns that the file
// lacks keep what they had. One transaction a file. Fails: Refused, UsageError, StorageError.
TableImportCounts import_items(HqStore& store, CsvReader& reader, const std::string& file,
                               const TableImportOptions& options, BadLines& bad);
TableImportCounts import_categories(HqStore& store, CsvReader& reader, const std::string& file,
                                    const TableImportOptions& options, BadLines& bad);

// Stores may carry their groups in one column, with spaces between them.
TableImportCounts import_stores(HqStore& store, CsvReader& reader, const std::string& file,
                                const TableImportOptions& options, BadLines& bad);
TableImportCounts import_store_groups(HqStore& store, CsvReader& reader, const std::string& file,
                                      const TableImportOptions& options, BadLines& bad);
TableImportCounts import_lanes(HqStore& store, CsvReader& reader, const std::string& file,
                               const TableImportOptions& options, BadLines& bad);

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_TABLE_IMPORT_H_

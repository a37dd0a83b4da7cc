#ifndef XSELL_HQ_IMPORT_TABLE_ROWS_H_
#define XSELL_HQ_IMPORT_TABLE_ROWS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hq/import/bad_lines.h"
#include "hq/import/column_map.h"
#include "hq/import/csv_reader.h"
#include "hq/import/table_import.h"

namespace xsell::hq {

// One row of a small table, its fields by role.
class TableRow {
 public:
  TableRow(const ColumnMap& map, const std::vector<std::string_view>& fields)
      : map_(map), fields_(fields) {}

  std::string_view text(std::size_t role) const { return map_.field(role, fields_); }
  // Nothing when the file has no such column, so that the stored value stays.
  std::optional<std::string_view> given(std::size_t role) const {
    if (!map_.has(role)) return std::nullopt;
    return map_.field(role, fields_);
  }

 private:
  const ColumnMap& map_;
  const std::vector<std::string_view>& fields_;
};

// Reads a file to its end; `take` returns null, or why it can't use a row.
template <typename Take>
TableImportCounts read_table(CsvReader& reader, const std::string& file,
                             std::span<const ColumnRole> roles, const TableImportOptions& options,
                             BadLines& bad, Take take) {
  const ColumnMap map(roles, reader.header(), options.map);
  TableImportCounts counts;
  counts.mapping = map.describe();
  for (auto row = reader.next(); row != CsvReader::Row::kEnd; row = reader.next()) {
    ++counts.lines;
    if (row == CsvReader::Row::kBad) {
      bad.add(file, reader.line(), reader.bad_reason(), reader.raw());
    } else if (const char* reason = take(TableRow(map, reader.fields()))) {
      bad.add(file, reader.line(), reason, reader.raw());
    } else {
      ++counts.kept;
    }
  }
  return counts;
}

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_TABLE_ROWS_H_

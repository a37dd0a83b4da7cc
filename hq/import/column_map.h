#ifndef XSELL_HQ_IMPORT_COLUMN_MAP_H_
#define XSELL_HQ_IMPORT_COLUMN_MAP_H_

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::hq {

// One thing an import wants from a row, and the column names it is known by in the field.
struct ColumnRole {
  std::string_view name;
  bool is_required = false;
  std::vector<std::string_view> aliases;
};

// Says which column of a file plays which role. Names are compared without case, spaces, '_' and
// '-'.
class ColumnMap {
 public:
  // `given` holds "role=column" texts (several with commas between them) or names of JSON files
  // with
  // {"role": "column"}. Roles not given are found by their aliases. Throws UsageError with the
  // columns there are when a required one is missing or a given one does not exist.
  ColumnMap(std::span<const ColumnRole> roles, const std::vector<std::string>& header,
            const std::vector<std::string>& given);

  bool has(std::size_t role) const { return columns_[role].has_value(); }
  // The field of this role in a row; empty when the file has no such column.
  std::string_view field(std::size_t role, const std::vector<std::string_view>& row) const {
    return columns_[role] ? row[*columns_[role]] : std::string_view();
  }
  // "basket = Invoice, time = InvoiceDate"
  std::string describe() const;

 private:
  std::vector<std::optional<std::size_t>> columns_;
  std::vector<std::string> texts_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_COLUMN_MAP_H_

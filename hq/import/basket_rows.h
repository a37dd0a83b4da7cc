#ifndef XSELL_HQ_IMPORT_BASKET_ROWS_H_
#define XSELL_HQ_IMPORT_BASKET_ROWS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/basket_columns.h"
#include "hq/import/byte_source.h"

namespace xsell::hq {

// Transactions as rows of one item each, whatever format they are in. Views are valid until
// next(). Threads: one. Fails: Refused from the source.
class BasketRows {
 public:
  virtual ~BasketRows() = default;

  enum class Row { kRead, kBad, kEnd };
  // After kBad, bad_reason() says why, and reading goes on behind it.
  virtual Row next() = 0;
  // Of the row just read, by BasketRole; empty when there is none.
  virtual std::string_view field(BasketRole role) const = 0;
  // Whether rows tell this at all.
  virtual bool has(BasketRole role) const = 0;
  // The row undoes the basket that it names: what was read of that before is taken back.
  virtual bool is_void() const { return false; }

  virtual std::uint64_t line() const = 0;
  virtual std::string_view raw() const = 0;
  virtual std::string_view bad_reason() const = 0;
  virtual std::uint64_t consumed_bytes() const = 0;
  virtual std::uint64_t total_bytes() const = 0;
  // For people: which columns play which role.
  virtual std::string mapping() const = 0;

  // By content: XML is a POSLog, digits and spaces alone are FIMI, all else is a table with a line
  // of column names. `day`: of baskets that tell none; FIMI without it is a UsageError.
  static std::unique_ptr<BasketRows> open(const std::string& path,
                                          const std::vector<std::string>& map,
                                          const std::string& day);
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_BASKET_ROWS_H_

#ifndef XSELL_HQ_IMPORT_POSLOG_READER_H_
#define XSELL_HQ_IMPORT_POSLOG_READER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/basket_rows.h"

namespace xsell::hq {

// Reads POSLog XML (ARTS/OMG, versions 2 to 6) in bounded memory: the sales and returns of each
// RetailTransaction, its customer, its voided lines left out. Transactions that are cancelled,
// voided, suspended or of training are left out; a TransactionLink that voids another one takes
// that back. The basket's number is business day, workstation and sequence number. A document type
// is refused, and with it every entity but XML's own five: nothing outside the file is ever read.
class PoslogReader : public BasketRows {
 public:
  // `map` may say "item=ItemID" for the retailer's own numbers; else POSItemID, what was scanned,
  // goes before ItemID. Throws UsageError for anything else.
  PoslogReader(std::unique_ptr<ByteSource> source, const std::vector<std::string>& map);
  ~PoslogReader() override;

  Row next() override;
  std::string_view field(BasketRole role) const override { return row_.fields[role]; }
  bool has(BasketRole) const override { return true; }
  bool is_void() const override { return row_.is_void; }
  std::uint64_t line() const override { return row_.line; }
  std::string_view raw() const override { return row_.raw; }
  std::string_view bad_reason() const override { return row_.bad_reason; }
  std::uint64_t consumed_bytes() const override { return source_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return source_->total_bytes(); }
  std::string mapping() const override;

 private:
  struct Record {
    std::array<std::string, std::tuple_size_v<BasketRoles>> fields;
    std::string raw;
    const char* bad_reason = "";
    std::uint64_t line = 0;
    bool is_bad = false;
    bool is_void = false;
  };
  class Parser;

  const std::unique_ptr<ByteSource> source_;
  bool prefers_item_id_ = false;
  std::unique_ptr<Parser> parser_;
  std::deque<Record> records_;
  Record row_;
  bool is_at_end_ = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_POSLOG_READER_H_

#ifndef XSELL_HQ_IMPORT_FIMI_ROWS_H_
#define XSELL_HQ_IMPORT_FIMI_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/basket_rows.h"

namespace xsell::hq {

// Baskets of the FIMI repository's format, one a line, as rows of one item each, a line at a time
// in memory. Such a file tells neither numbers nor times: a basket goes by the file's name and its
// line, and all are of the day that the caller gives. An item that a line repeats comes once.
class FimiRows : public BasketRows {
 public:
  // `day`: as parse_time() reads it.
  FimiRows(std::unique_ptr<ByteSource> source, const std::string& path, std::string day);

  Row next() override;
  std::string_view field(BasketRole role) const override;
  bool has(BasketRole role) const override { return role <= kItem; }
  std::uint64_t line() const override { return line_; }
  std::string_view raw() const override { return raw_; }
  std::string_view bad_reason() const override { return bad_reason_; }
  std::uint64_t consumed_bytes() const override { return source_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return source_->total_bytes(); }
  std::string mapping() const override { return "FIMI, one basket a line, of " + day_; }

 private:
  // False at the end of the file. The line is [begin_, end_) of the buffer.
  bool read_line();
  // False when the line is of no use; bad_reason() says why.
  bool take_line();

  const std::unique_ptr<ByteSource> source_;
  const std::string file_;
  const std::string day_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of the line
  std::size_t next_ = 0;             // where the one behind it begins
  std::size_t filled_ = 0;
  bool is_too_long_ = false;  // the line: only its end is here
  std::uint64_t line_ = 0;
  std::vector<std::uint32_t> items_;  // of the line
  std::size_t given_ = 0;             // of those
  std::string basket_, item_;
  std::string_view raw_;
  const char* bad_reason_ = "";
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_FIMI_ROWS_H_

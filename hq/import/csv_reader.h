#ifndef XSELL_HQ_IMPORT_CSV_READER_H_
#define XSELL_HQ_IMPORT_CSV_READER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/import/byte_source.h"

namespace xsell::hq {

// Reads a table of text line by line in bounded memory: RFC 4180 quoting, separator found from the
// first line (comma, semicolon, tab or |), byte order mark skipped, any line ends.
// A quote inside a bare field is just a character. Threads: one. Fails: Refused from the source.
class CsvReader {
 public:
  // A row over this is reported as bad: most likely a quote was never closed.
  static constexpr std::size_t kMaxRowBytes = 256 * 1024;

  explicit CsvReader(std::unique_ptr<ByteSource> source);

  const std::vector<std::string>& header() const { return header_; }

  enum class Row { kRead, kBad, kEnd };
  // After kBad, bad_reason() says why, and reading goes on with the next line.
  Row next();

  // Of the row just read; views are valid until next().
  const std::vector<std::string_view>& fields() const { return fields_; }
  std::uint64_t line() const { return row_line_; }
  std::string_view raw() const { return raw_; }
  const std::string& bad_reason() const { return bad_reason_; }
  const ByteSource& source() const { return *source_; }

 private:
  bool fill();
  // The index after the row that starts at begin_, or npos when the row is too long.
  std::size_t find_row_end();
  void split(std::string_view row);
  std::string_view unquote(std::string_view field);

  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool is_at_end_ = false;
  char separator_ = ',';
  std::uint64_t next_line_ = 1;
  std::uint64_t row_line_ = 0;
  std::string_view raw_;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  // a deque: growing moves none of them
  std::size_t unquoted_count_ = 0;
  std::string bad_reason_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_CSV_READER_H_

// Reads text files, gzip-compressed or not, and the fields of a CSV line.
#ifndef XSELL_SDK_EXAMPLES_LANE_TEXT_FILE_H_
#define XSELL_SDK_EXAMPLES_LANE_TEXT_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lane {

// The whole file. Empty on failure, and `error` says why.
std::optional<std::string> read_text_file(const std::string& path, std::string& error);

// Reads records of RFC 4180: quoted fields may hold commas, quotes and line ends.
class CsvReader {
 public:
  // `text` must outlive the reader.
  explicit CsvReader(std::string_view text);

  // False at the end.
  bool next(std::vector<std::string>& fields);

  // Of the record read last, counted from 1.
  int line() const { return record_line_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int record_line_ = 0;
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_TEXT_FILE_H_

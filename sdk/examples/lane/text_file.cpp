#include "text_file.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace lane {

std::optional<std::string> read_text_file(const std::string& path, std::string& error) {
  errno = 0;
  // zlib reads a file that is not compressed as it is.
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) {
    error = path + ": " + (errno != 0 ? std::strerror(errno) : "out of memory");
    return std::nullopt;
  }
  std::string text;
  constexpr unsigned kBlock = 1u << 16;
  int read = 0;
  do {
    const std::size_t before = text.size();
    text.resize(before + kBlock);
    read = gzread(file.get(), text.data() + before, kBlock);
    text.resize(before + static_cast<std::size_t>(read > 0 ? read : 0));
  } while (read > 0);
  int code = Z_OK;
  const char* reason = gzerror(file.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) {
    error = path + ": " + (code == Z_ERRNO ? std::strerror(errno) : reason);
    return std::nullopt;
  }
  return text;
}

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  if (at_ >= text_.size()) return false;
  record_line_ = line_;
  std::string field;
  bool is_quoted = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (is_quoted) {
      if (c != '"') {
        field += c;
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += '"';
        ++at_;
      } else {
        is_quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      is_quoted = true;
    } else if (c == ',') {
      fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      ++at_;
      break;
    } else if (c != '\r') {
      field += c;
    }
  }
  fields.push_back(std::move(field));
  return true;
}

}  // namespace lane

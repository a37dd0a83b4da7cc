#include "hq/import/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "hq/errors.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

char find_separator(std::string_view line) {
  char best = ',';
  std::ptrdiff_t best_count = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const auto count = std::count(line.begin(), line.end(), candidate);
    if (count > best_count) {
      best = candidate;
      best_count = count;
    }
  }
  return best;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {
  // A pipe may hand out less than the first line at a time.
  while (end_ < kMaxRowBytes && std::memchr(buffer_.data(), '\n', end_) == nullptr && fill()) {
  }
  if (std::string_view(buffer_.data(), end_).substr(0, 3) == "\xEF\xBB\xBF") begin_ = 3;
  const std::string_view start(buffer_.data() + begin_, end_ - begin_);
  separator_ = find_separator(start.substr(0, start.find('\n')));
  const Row row = next();
  if (row == Row::kEnd) return;
  if (row == Row::kBad) throw Refused("the first line is no list of column names: " + bad_reason_);
  for (const std::string_view field : fields_) header_.emplace_back(trimmed(field));
}

bool CsvReader::fill() {
  if (is_at_end_) return false;
  buffer_.erase(0, begin_);
  end_ -= begin_;
  begin_ = 0;
  if (buffer_.size() < end_ + kReadBytes) buffer_.resize(end_ + kReadBytes);
  const std::size_t size = source_->read({buffer_.data() + end_, kReadBytes});
  end_ += size;
  is_at_end_ = size == 0;
  return size > 0;
}

std::size_t CsvReader::find_row_end() {
  std::size_t at = 0;  // relative to begin_, which fill() moves
  bool is_quoted = false;
  bool is_field_start = true;
  while (true) {
    const char* data = buffer_.data() + begin_;
    const std::size_t size = end_ - begin_;
    if (!is_quoted && is_field_start && at == 0) {
      // The common case: no quote before the line's end.
      const void* found = std::memchr(data, '\n', size);
      if (found != nullptr) {
        const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - data);
        if (std::memchr(data, '"', length) == nullptr) return begin_ + length + 1;
      }
    }
    for (; at < size; ++at) {
      const char c = data[at];
      if (is_quoted) {
        if (c == '"') is_quoted = false;
      } else if (c == '"' && (is_field_start || (at > 0 && data[at - 1] == '"'))) {
        is_quoted = true;
        is_field_start = false;
      } else if (c == '\n') {
        return begin_ + at + 1;
      } else {
        is_field_start = c == separator_;
      }
      if (at > kMaxRowBytes) return std::string::npos;
    }
    if (!fill()) return is_quoted ? std::string::npos : end_;
  }
}

CsvReader::Row CsvReader::next() {
  if (begin_ == end_ && !fill()) return Row::kEnd;
  const std::size_t row_end = find_row_end();
  row_line_ = next_line_;
  if (row_end == std::string::npos) {
    const char* data = buffer_.data() + begin_;
    const void* found = std::memchr(data, '\n', end_ - begin_);
    const std::size_t length =
        found == nullptr ? end_ - begin_
                         : static_cast<std::size_t>(static_cast<const char*>(found) - data);
    raw_ = {data, length};
    begin_ = std::min(end_, begin_ + length + 1);
    ++next_line_;
    bad_reason_ = "a quote is opened and not closed";
    return Row::kBad;
  }
  std::string_view row(buffer_.data() + begin_, row_end - begin_);
  next_line_ += static_cast<std::uint64_t>(std::count(row.begin(), row.end(), '\n'));
  begin_ = row_end;
  while (!row.empty() && (row.back() == '\n' || row.back() == '\r')) row.remove_suffix(1);
  raw_ = row;
  if (row.empty()) return next();
  split(row);
  if (header_.empty() || fields_.size() == header_.size()) return Row::kRead;
  // Spreadsheets leave out empty fields at the end, and some exporters end a line with a separator.
  while (fields_.size() > header_.size() && fields_.back().empty()) fields_.pop_back();
  if (fields_.size() > header_.size()) {
    bad_reason_ = fmt::format("more fields than the {} columns of the first line", header_.size());
    return Row::kBad;
  }
  fields_.resize(header_.size());
  return Row::kRead;
}

void CsvReader::split(std::string_view row) {
  fields_.clear();
  unquoted_count_ = 0;
  std::size_t at = 0;
  while (true) {
    if (at < row.size() && row[at] == '"') {
      std::size_t close = at + 1;
      while (close < row.size()) {
        if (row[close] == '"') {
          if (close + 1 < row.size() && row[close + 1] == '"') {
            ++close;
          } else {
            break;
          }
        }
        ++close;
      }
      fields_.push_back(unquote(row.substr(at + 1, close - at - 1)));
      at = row.find(separator_, std::min(close, row.size()));
    } else {
      const std::size_t stop = row.find(separator_, at);
      fields_.push_back(row.substr(at, stop == std::string_view::npos ? stop : stop - at));
      at = stop;
    }
    if (at == std::string_view::npos) return;
    ++at;
  }
}

std::string_view CsvReader::unquote(std::string_view field) {
  if (field.find('"') == std::string_view::npos) return field;
  if (unquoted_.size() <= unquoted_count_) unquoted_.resize(unquoted_count_ + 16);
  std::string& text = unquoted_[unquoted_count_++];
  text.clear();
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"') ++i;
  }
  return text;
}

}  // namespace xsell::hq

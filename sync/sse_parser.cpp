#include "sync/sse_parser.h"

#include <algorithm>
#include <utility>

namespace xsell::sync {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How many bytes at `at` form one code point, or how many a decoder replaces by one U+FFFD
// (is_valid false): the Encoding standard's UTF-8 decoder. Lines are cut at ASCII only, so decoding
// line by line equals decoding the stream.
std::size_t sequence_length(std::string_view text, std::size_t at, bool& is_valid) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  is_valid = true;
  if (first < 0x80) return 1;
  std::size_t needed = 0;
  unsigned char lower = 0x80;
  unsigned char upper = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    needed = 1;
  } else if (first >= 0xE0 && first <= 0xEF) {
    needed = 2;
    if (first == 0xE0) lower = 0xA0;
    if (first == 0xED) upper = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    needed = 3;
    if (first == 0xF0) lower = 0x90;
    if (first == 0xF4) upper = 0x8F;
  } else {
    is_valid = false;
    return 1;
  }
  std::size_t taken = 1;
  for (; taken <= needed; ++taken) {
    if (at + taken >= text.size() || byte(at + taken) < lower || byte(at + taken) > upper) {
      is_valid = false;
      return taken;
    }
    lower = 0x80;
    upper = 0xBF;
  }
  return taken;
}

void append_decoded(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    bool is_valid = true;
    const std::size_t length = sequence_length(text, at, is_valid);
    out += is_valid ? text.substr(at, length) : kReplacement;
    at += length;
  }
}

std::string decoded(std::string_view text) {
  std::string out;
  append_decoded(text, out);
  return out;
}

}  // namespace

SseParser::SseParser(Handler on_event) : SseParser(std::move(on_event), Limits{}) {}

SseParser::SseParser(Handler on_event, Limits limits)
    : limits_(limits), on_event_(std::move(on_event)) {}

void SseParser::set_last_event_id(std::string id) {
  last_event_id_ = std::move(id);
  id_buffer_ = last_event_id_;
}

void SseParser::set_comment_handler(std::function<void(std::string_view)> on_comment) {
  on_comment_ = std::move(on_comment);
}

void SseParser::reset() {
  line_.clear();
  type_.clear();
  data_.clear();
  id_buffer_ = last_event_id_;
  bom_seen_ = 0;
  skip_line_feed_ = false;
  is_over_limit_ = false;
}

bool SseParser::feed(std::string_view bytes) {
  while (!bytes.empty() && bom_seen_ < kByteOrderMark.size()) {
    if (bytes.front() != kByteOrderMark[bom_seen_]) {
      line_ = kByteOrderMark.substr(0, bom_seen_);
      bom_seen_ = kByteOrderMark.size();
      break;
    }
    bytes.remove_prefix(1);
    ++bom_seen_;
  }
  while (!bytes.empty() && !is_over_limit_) {
    if (std::exchange(skip_line_feed_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() > limits_.line_bytes) {
      is_over_limit_ = true;
      break;
    }
    if (end == std::string_view::npos) {
      line_ += part;
      return true;
    }
    skip_line_feed_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (line_.empty()) {
      take_line(part);
    } else {
      line_ += part;
      const std::string line = std::exchange(line_, {});
      take_line(line);
    }
  }
  return !is_over_limit_;
}

void SseParser::take_line(std::string_view line) {
  if (line.empty()) return dispatch();
  const std::size_t colon = line.find(':');
  if (colon == 0) {
    if (on_comment_) on_comment_(decoded(line.substr(1)));
    return;
  }
  if (colon == std::string_view::npos) return take_field(line, {});
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    type_ = decoded(value);
  } else if (name == "data") {
    if (data_.size() + value.size() + 1 > limits_.data_bytes) {
      is_over_limit_ = true;
      return;
    }
    append_decoded(value, data_);
    data_ += '\n';
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_buffer_ = decoded(value);
  } else if (name == "retry") {
    const bool is_number = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
      return c >= '0' && c <= '9';
    });
    if (!is_number) return;
    constexpr std::uint64_t kLongest = 1'000'000'000'000;
    std::uint64_t milliseconds = 0;
    for (const char c : value) {
      milliseconds = std::min(kLongest, milliseconds * 10 + static_cast<std::uint64_t>(c - '0'));
    }
    retry_ms_ = milliseconds;
  }
}

void SseParser::dispatch() {
  last_event_id_ = id_buffer_;
  if (data_.empty()) {
    type_.clear();
    return;
  }
  data_.pop_back();
  SseEvent event;
  event.type = type_.empty() ? "message" : std::exchange(type_, {});
  event.data = std::exchange(data_, {});
  event.last_event_id = last_event_id_;
  if (on_event_) on_event_(event);
}

}  // namespace xsell::sync

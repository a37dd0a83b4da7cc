#include "rules/utf8.h"

#include <algorithm>

namespace xsell::rules {
namespace {

unsigned byte_at(std::string_view text, std::size_t index) {
  return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
}

bool is_between(unsigned value, unsigned low, unsigned high) {
  return value >= low && value <= high;
}

}  // namespace

std::size_t utf8_sequence_size(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF
  // (Unicode, table 3-7).
  unsigned low = 0x80;
  unsigned high = 0xbf;
  std::size_t size = 0;
  if (is_between(first, 0xc2, 0xdf)) {
    size = 2;
  } else if (is_between(first, 0xe0, 0xef)) {
    size = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (is_between(first, 0xf0, 0xf4)) {
    size = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (!is_between(byte_at(text, 1), low, high)) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_between(byte_at(text, i), 0x80, 0xbf)) return 0;
  }
  return size;
}

bool is_printable_utf8(std::string_view text) {
  while (!text.empty()) {
    const unsigned first = byte_at(text, 0);
    if (first < 0x20 || first == 0x7f) return false;
    const std::size_t size = first < 0x80 ? 1 : utf8_sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  const auto starts_code_point = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t byte) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3f));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
}

}  // namespace xsell::rules

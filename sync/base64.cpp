#include "sync/base64.h"

#include <cstdint>

namespace xsell::sync {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool is_padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<uint8_t>(c);
    for (bit_count += 8; bit_count >= 6; bit_count -= 6) {
      text += alphabet[(bits >> (bit_count - 6)) & 63];
    }
  }
  if (bit_count > 0) text += alphabet[(bits << (6 - bit_count)) & 63];
  while (is_padded && text.size() % 4 != 0) text += '=';
  return text;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes += static_cast<char>((bits >> bit_count) & 255);
    }
  }
  const bool has_stray_bits = (bits & ((1U << bit_count) - 1)) != 0;
  if (bit_count == 6 || has_stray_bits) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) { return encode(bytes, kStandard, true); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kStandard);
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, kUrl, false); }

std::optional<std::string> from_base64url(std::string_view text) { return decode(text, kUrl); }

}  // namespace xsell::sync

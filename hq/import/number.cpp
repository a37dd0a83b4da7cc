#include "hq/import/number.h"

namespace xsell::hq {

std::optional<std::int64_t> parse_decimal(std::string_view text, int places) {
  constexpr std::int64_t kLimit = 1'000'000'000'000'000;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  bool is_negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    is_negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t value = 0;
  int decimals = -1;  // before the point
  bool has_digit = false;
  bool rounds_up = false;
  for (const char c : text) {
    if ((c == '.' || c == ',') && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    has_digit = true;
    if (decimals == places) {
      rounds_up = c >= '5';
      decimals = places + 1;
    }
    if (decimals > places) continue;
    value = value * 10 + (c - '0');
    if (value > kLimit) return std::nullopt;
    if (decimals >= 0) ++decimals;
  }
  if (!has_digit) return std::nullopt;
  for (int i = decimals < 0 ? 0 : decimals; i < places; ++i) {
    value *= 10;
    if (value > kLimit) return std::nullopt;
  }
  if (rounds_up) ++value;
  return is_negative ? -value : value;
}

}  // namespace xsell::hq

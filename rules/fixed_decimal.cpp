#include "rules/fixed_decimal.h"

#include <algorithm>
#include <limits>

namespace xsell::rules {

std::optional<std::int64_t> parse_fixed(std::string_view text, int places) {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point < text.size() ? text.substr(point + 1) : std::string_view{};
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  if (point < text.size() && fraction.empty()) return std::nullopt;
  if (fraction.size() > static_cast<std::size_t>(places)) return std::nullopt;

  std::int64_t value = 0;
  const auto append_digit = [&value](char c) {
    if (c < '0' || c > '9') return false;
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (value > (kMax - (c - '0')) / 10) return false;
    value = value * 10 + (c - '0');
    return true;
  };
  if (!std::all_of(whole.begin(), whole.end(), append_digit)) return std::nullopt;
  if (!std::all_of(fraction.begin(), fraction.end(), append_digit)) return std::nullopt;
  for (std::size_t i = fraction.size(); i < static_cast<std::size_t>(places); ++i) {
    if (!append_digit('0')) return std::nullopt;
  }
  return is_negative ? -value : value;
}

std::string format_fixed(std::int64_t value, int places) {
  const bool is_negative = value < 0;
  const std::uint64_t magnitude =
      is_negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  std::string digits = std::to_string(magnitude);
  const auto wanted = static_cast<std::size_t>(places);
  if (digits.size() <= wanted) digits.insert(0, wanted + 1 - digits.size(), '0');
  digits.insert(digits.size() - wanted, 1, '.');
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return is_negative ? "-" + digits : digits;
}

}  // namespace xsell::rules

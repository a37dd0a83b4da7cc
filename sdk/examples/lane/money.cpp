#include "money.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lane {
namespace {

constexpr std::int64_t kPowers[] = {1, 10, 100, 1000, 10000};

}  // namespace

int currency_digits(std::string_view currency) {
  static constexpr std::array<std::string_view, 10> kNone = {"JPY", "KRW", "CLP", "ISK", "VND",
                                                             "XAF", "XOF", "PYG", "UGX", "RWF"};
  static constexpr std::array<std::string_view, 7> kThree = {"BHD", "IQD", "JOD", "KWD",
                                                             "LYD", "OMR", "TND"};
  if (std::find(kNone.begin(), kNone.end(), currency) != kNone.end()) return 0;
  if (std::find(kThree.begin(), kThree.end(), currency) != kThree.end()) return 3;
  return 2;
}

std::string format_amount(std::int64_t minor, std::string_view currency) {
  const int digits = currency_digits(currency);
  const std::uint64_t size =
      minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
  const auto scale = static_cast<std::uint64_t>(kPowers[digits]);
  const std::string_view sign = minor < 0 ? "-" : "";
  if (digits == 0) return fmt::format("{}{}", sign, size);
  return fmt::format("{}{}.{:0{}}", sign, size / scale, size % scale, digits);
}

std::string format_quantity(std::int64_t milli) {
  if (milli % 1000 == 0) return fmt::format("{}", milli / 1000);
  std::string text = fmt::format("{}{}.{:03}", milli < 0 ? "-" : "", std::abs(milli / 1000),
                                 std::abs(milli % 1000));
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int digits) {
  bool is_negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    is_negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t value = 0;
  int places = -1;
  bool has_digit = false;
  for (const char c : text) {
    if (c == '.' && places < 0) {
      places = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    has_digit = true;
    if (places >= digits) {
      if (c != '0') return std::nullopt;
      continue;
    }
    value = value * 10 + (c - '0');
    if (places >= 0) ++places;
  }
  if (!has_digit) return std::nullopt;
  value *= kPowers[digits - std::max(places, 0)];
  return is_negative ? -value : value;
}

}  // namespace lane

#include "rules/money.h"

#include <algorithm>
#include <charconv>

#include "rules/fixed_decimal.h"

namespace xsell::rules {
namespace {

constexpr std::array<std::string_view, 16> kNoDecimals = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                          "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
                                                          "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThreeDecimals = {"BHD", "IQD", "JOD", "KWD",
                                                            "LYD", "OMR", "TND"};

}  // namespace

std::optional<Currency> Currency::from_text(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 3 || !std::all_of(text.begin(), text.end(), is_capital)) return std::nullopt;
  Currency currency;
  std::copy(text.begin(), text.end(), currency.code_.begin());
  return currency;
}

int Currency::exponent() const {
  if (std::find(kNoDecimals.begin(), kNoDecimals.end(), view()) != kNoDecimals.end()) return 0;
  if (std::find(kThreeDecimals.begin(), kThreeDecimals.end(), view()) != kThreeDecimals.end())
    return 3;
  return 2;
}

std::size_t format_amount(const Money& money, char* out, std::size_t size) {
  std::array<char, 24> digits{};
  const bool is_negative = money.amount_minor < 0;
  const auto magnitude = is_negative ? ~static_cast<std::uint64_t>(money.amount_minor) + 1
                                     : static_cast<std::uint64_t>(money.amount_minor);
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  const auto decimals = static_cast<std::size_t>(money.currency.exponent());
  const std::size_t whole = count > decimals ? count - decimals : 0;
  const std::size_t zeros = decimals > count ? decimals - count : 0;
  const std::size_t needed =
      (is_negative ? 1 : 0) + std::max<std::size_t>(whole, 1) + (decimals > 0 ? 1 + decimals : 0);
  if (needed > size) return 0;
  char* at = out;
  if (is_negative) *at++ = '-';
  if (whole == 0) *at++ = '0';
  at = std::copy_n(digits.data(), whole, at);
  if (decimals > 0) {
    *at++ = '.';
    at = std::fill_n(at, zeros, '0');
    std::copy_n(digits.data() + whole, count - whole, at);
  }
  return needed;
}

std::optional<std::int64_t> parse_amount(std::string_view text, Currency currency) {
  return parse_fixed(text, currency.exponent());
}

}  // namespace xsell::rules

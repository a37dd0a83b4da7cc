// Amounts of money in minor units with an ISO 4217 currency.
#ifndef XSELL_RULES_MONEY_H_
#define XSELL_RULES_MONEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace xsell::rules {

class Currency {
 public:
  Currency() = default;
  // Three capital letters; whether the code is assigned is not checked.
  static std::optional<Currency> from_text(std::string_view text);

  std::string_view view() const {
    return {code_.data(), code_[0] == '\0' ? std::size_t{0} : std::size_t{3}};
  }
  bool is_empty() const { return code_[0] == '\0'; }
  // Digits after the decimal point, as ISO 4217 lists them; 2 for a code without an entry of its
  // own.
  int exponent() const;

  bool operator==(const Currency&) const = default;

 private:
  std::array<char, 4> code_{};
};

struct Money {
  std::int64_t amount_minor = 0;
  Currency currency;
  bool operator==(const Money&) const = default;
};

// Writes "0.50" (no currency) into out and returns the bytes used, never more than size; 0 when it
// does not fit. Allocates nothing.
std::size_t format_amount(const Money& money, char* out, std::size_t size);

// "0.50", "3", "12.5" to minor units; nothing for other texts, too many decimals or too large a
// number.
std::optional<std::int64_t> parse_amount(std::string_view text, Currency currency);

}  // namespace xsell::rules

#endif  // XSELL_RULES_MONEY_H_

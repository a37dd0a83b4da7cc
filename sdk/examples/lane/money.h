// Amounts and quantities as people write them.
//
// Units: money in minor units (cents), quantities in thousandths.
#ifndef XSELL_SDK_EXAMPLES_LANE_MONEY_H_
#define XSELL_SDK_EXAMPLES_LANE_MONEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lane {

// Decimal places of an ISO 4217 currency: 2 unless it is one of the few others.
int currency_digits(std::string_view currency);

// "12.50", "-0.05"; no currency sign.
std::string format_amount(std::int64_t minor, std::string_view currency);

// "2", "0.35".
std::string format_quantity(std::int64_t milli);

// Reads a decimal number with at most `digits` places as an integer of that scale; "1.5" with 3 is
// 1500.
std::optional<std::int64_t> parse_decimal(std::string_view text, int digits);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_MONEY_H_

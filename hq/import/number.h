#ifndef XSELL_HQ_IMPORT_NUMBER_H_
#define XSELL_HQ_IMPORT_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace xsell::hq {

// A decimal number as an integer of 10^-places: "6.95" with 2 places is 695. Point or comma before
// the decimals, spaces around it, no thousands separators. More decimals than `places` are rounded,
// half away from zero.
std::optional<std::int64_t> parse_decimal(std::string_view text, int places);

}  // namespace xsell::hq

#endif  // XSELL_HQ_IMPORT_NUMBER_H_

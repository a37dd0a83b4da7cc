// Decimals as whole millionths, so that shares, lifts and scores survive every copy exactly and
// compare alike on every processor.
#ifndef XSELL_RULES_FIXED_DECIMAL_H_
#define XSELL_RULES_FIXED_DECIMAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::rules {

inline constexpr std::int64_t kMillionthsPerOne = 1'000'000;

// "0.31" with places 6 is 310000. Nothing when the text is no plain decimal, has more places, or is
// too large.
std::optional<std::int64_t> parse_fixed(std::string_view text, int places);

// The shortest text that parse_fixed turns back: 310000 with places 6 is "0.31", 2000000 is "2".
std::string format_fixed(std::int64_t value, int places);

}  // namespace xsell::rules

#endif  // XSELL_RULES_FIXED_DECIMAL_H_

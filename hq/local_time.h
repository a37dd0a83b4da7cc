// Dates and times as text and as seconds since 1970-01-01, without time zones or the system's
// clock.
#ifndef XSELL_HQ_LOCAL_TIME_H_
#define XSELL_HQ_LOCAL_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::hq {

inline constexpr std::int64_t kSecondsPerDay = 86'400;

// "2026-06-03", "2026-06-03 16:05", "2026-06-03T16:05:09"; a fraction, "Z" or an offset at the end
// is accepted and ignored, since the till's own time is what counts.
std::optional<std::int64_t> parse_time(std::string_view text);

// The same by a pattern of %Y %m %d %H %M %S %y and literal characters, such as "%d/%m/%Y %H:%M".
std::optional<std::int64_t> parse_time(std::string_view text, std::string_view pattern);

std::string format_time(std::int64_t time_s);  // 2026-06-03 16:05:09
std::string format_date(std::int64_t time_s);  // 2026-06-03

}  // namespace xsell::hq

#endif  // XSELL_HQ_LOCAL_TIME_H_

// Store-local dates and times as plain numbers: seconds and days since 1970-01-01 00:00 on the
// store's own wall clock. No time zones: rules are written in the time that the store's customers
// read.
#ifndef XSELL_RULES_LOCAL_TIME_H_
#define XSELL_RULES_LOCAL_TIME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::rules {

inline constexpr std::int64_t kSecondsPerDay = 86'400;

// "2026-06-03T00:00:00", years 1970 to 9999. Nothing for a zone, a fraction or a date that does not
// exist.
std::optional<std::int64_t> parse_local_time(std::string_view text);
std::string format_local_time(std::int64_t local_time_s);

// "2026-03-01", in days.
std::optional<std::int32_t> parse_date(std::string_view text);
std::string format_date(std::int32_t days);

// "16:00" in minutes since midnight; "24:00" is 1440.
std::optional<std::int32_t> parse_time_of_day(std::string_view text);
std::string format_time_of_day(std::int32_t minutes);

// 0 is Monday.
int weekday(std::int64_t local_time_s);
int minute_of_day(std::int64_t local_time_s);

}  // namespace xsell::rules

#endif  // XSELL_RULES_LOCAL_TIME_H_

#include "sale_clock.h"

#include <fmt/format.h>

#include <cstdio>

namespace lane {

std::optional<std::int64_t> parse_local_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, read = 0;
  char separator = 'T';
  const std::string copy(text);
  int fields = std::sscanf(copy.c_str(), "%4d-%2d-%2d%n%c%2d:%2d%n:%2d%n", &year, &month, &day,
                           &read, &separator, &hour, &minute, &read, &second, &read);
  const bool has_time = fields >= 6;
  if (fields < 3 || (fields > 3 && !has_time) || read != static_cast<int>(copy.size())) {
    return std::nullopt;
  }
  using std::chrono::year_month_day;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                       second < 60 && (separator == 'T' || separator == ' ');
  if (!date.ok() || !is_time) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second;
}

std::string format_local_time(std::int64_t local_time_s) {
  const std::chrono::sys_seconds time{std::chrono::seconds(local_time_s)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace lane

#include <array>
#include <chrono>
#include <cstdio>

#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {
namespace {

// The digits at [from, from + count); -1 if any is none.
int digits(std::string_view text, size_t from, size_t count) {
  int value = 0;
  for (const char c : text.substr(from, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<int64_t> parse_utc_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && text[i] != kForm[i]) return std::nullopt;
  }
  const int year_number = digits(text, 0, 4);
  const int month_number = digits(text, 5, 2);
  const int day_number = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year_number < 0 || month_number < 0 || day_number < 0 || hour < 0 || minute < 0 ||
      second < 0 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const year_month_day date(year{year_number}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)});
  if (!date.ok()) return std::nullopt;
  return int64_t{sys_days(date).time_since_epoch().count()} * 86400 + hour * 3600 + minute * 60 +
         second;
}

std::string format_utc_time(int64_t time_s) {
  using namespace std::chrono;
  const sys_seconds time{seconds{time_s}};
  const auto midnight = floor<days>(time);
  const year_month_day date(midnight);
  const hh_mm_ss clock(time - midnight);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()},
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace xsell::sync::tuf

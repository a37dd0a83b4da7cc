#include "rules/local_time.h"

#include <chrono>

namespace xsell::rules {
namespace {

constexpr std::int64_t kSecondsPerMinute = 60;
constexpr std::int32_t kMinutesPerDay = 1440;

// A number of exactly `size` digits at `at`; -1 when it is none.
int digits(std::string_view text, std::size_t at, std::size_t size) {
  int value = 0;
  for (std::size_t i = at; i < at + size; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::string padded(int value, std::size_t size) {
  std::string text = std::to_string(value);
  return text.size() < size ? std::string(size - text.size(), '0') + text : text;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

}  // namespace

std::optional<std::int32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::string format_date(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return padded(static_cast<int>(date.year()), 4) + "-" +
         padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) + "-" +
         padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

std::optional<std::int64_t> parse_local_time(std::string_view text) {
  if (text.size() != 19 || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  return *date * kSecondsPerDay + hour * 3600LL + minute * kSecondsPerMinute + second;
}

std::string format_local_time(std::int64_t local_time_s) {
  const std::int64_t days = floor_divide(local_time_s, kSecondsPerDay);
  const int rest = static_cast<int>(local_time_s - days * kSecondsPerDay);
  return format_date(static_cast<std::int32_t>(days)) + "T" + padded(rest / 3600, 2) + ":" +
         padded(rest / 60 % 60, 2) + ":" + padded(rest % 60, 2);
}

std::optional<std::int32_t> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = digits(text, 0, 2);
  const int minute = digits(text, 3, 2);
  if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > kMinutesPerDay)
    return std::nullopt;
  return hour * 60 + minute;
}

std::string format_time_of_day(std::int32_t minutes) {
  return padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2);
}

int weekday(std::int64_t local_time_s) {
  constexpr int kThursday = 3;  // 1970-01-01
  const std::int64_t days = floor_divide(local_time_s, kSecondsPerDay);
  return static_cast<int>(((days + kThursday) % 7 + 7) % 7);
}

int minute_of_day(std::int64_t local_time_s) {
  const std::int64_t days = floor_divide(local_time_s, kSecondsPerDay);
  return static_cast<int>((local_time_s - days * kSecondsPerDay) / kSecondsPerMinute);
}

}  // namespace xsell::rules

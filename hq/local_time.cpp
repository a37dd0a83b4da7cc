#include "hq/local_time.h"

#include <fmt/format.h>

#include <chrono>

namespace xsell::hq {
namespace {

struct Fields {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

// Reads 1 to `max_digits` digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t max_digits, int& value) {
  std::size_t used = 0;
  value = 0;
  while (used < max_digits && used < text.size() && text[used] >= '0' && text[used] <= '9') {
    value = value * 10 + (text[used++] - '0');
  }
  text.remove_prefix(used);
  return used > 0;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> to_seconds(const Fields& f) {
  namespace ch = std::chrono;
  const ch::year_month_day date{ch::year(f.year), ch::month(static_cast<unsigned>(f.month)),
                                ch::day(static_cast<unsigned>(f.day))};
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;
  const auto days = ch::sys_days(date).time_since_epoch().count();
  return static_cast<std::int64_t>(days) * kSecondsPerDay + f.hour * 3600 + f.minute * 60 +
         f.second;
}

// "Z", "+02", "+02:00" or "-0530", or nothing.
bool is_zone_suffix(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return true;
  if (text.front() != '+' && text.front() != '-') return false;
  text.remove_prefix(1);
  for (const char c : text) {
    if ((c < '0' || c > '9') && c != ':') return false;
  }
  return text.size() >= 2 && text.size() <= 5;
}

bool take_iso_clock(std::string_view& text, Fields& f) {
  if (!take_number(text, 2, f.hour) || !take_char(text, ':') || !take_number(text, 2, f.minute)) {
    return false;
  }
  if (!take_char(text, ':')) return true;
  if (!take_number(text, 2, f.second)) return false;
  int fraction = 0;
  return !take_char(text, '.') || take_number(text, 9, fraction);
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  Fields f;
  if (!take_number(text, 4, f.year) || !take_char(text, '-') || !take_number(text, 2, f.month) ||
      !take_char(text, '-') || !take_number(text, 2, f.day)) {
    return std::nullopt;
  }
  if (text.empty()) return to_seconds(f);
  if (!take_char(text, 'T') && !take_char(text, ' ')) return std::nullopt;
  if (!take_iso_clock(text, f) || !is_zone_suffix(text)) return std::nullopt;
  return to_seconds(f);
}

std::optional<std::int64_t> parse_time(std::string_view text, std::string_view pattern) {
  Fields f;
  while (!pattern.empty()) {
    const char c = pattern.front();
    pattern.remove_prefix(1);
    if (c != '%' || pattern.empty()) {
      if (!take_char(text, c)) return std::nullopt;
      continue;
    }
    const char kind = pattern.front();
    pattern.remove_prefix(1);
    bool is_read = false;
    switch (kind) {
      case 'Y':
        is_read = take_number(text, 4, f.year);
        break;
      case 'y':
        is_read = take_number(text, 2, f.year);
        f.year += 2000;
        break;
      case 'm':
        is_read = take_number(text, 2, f.month);
        break;
      case 'd':
        is_read = take_number(text, 2, f.day);
        break;
      case 'H':
        is_read = take_number(text, 2, f.hour);
        break;
      case 'M':
        is_read = take_number(text, 2, f.minute);
        break;
      case 'S':
        is_read = take_number(text, 2, f.second);
        break;
      default:
        return std::nullopt;
    }
    if (!is_read) return std::nullopt;
  }
  return text.empty() ? to_seconds(f) : std::nullopt;
}

std::string format_date(std::int64_t time_s) {
  namespace ch = std::chrono;
  const ch::year_month_day date{ch::floor<ch::days>(ch::sys_seconds(ch::seconds(time_s)))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string format_time(std::int64_t time_s) {
  std::int64_t clock_s = time_s % kSecondsPerDay;
  if (clock_s < 0) clock_s += kSecondsPerDay;
  return fmt::format("{} {:02}:{:02}:{:02}", format_date(time_s), clock_s / 3600, clock_s / 60 % 60,
                     clock_s % 60);
}

}  // namespace xsell::hq

#include "rules/schedule.h"

#include <algorithm>

#include "rules/local_time.h"

namespace xsell::rules {

namespace {

bool is_in_window(const TimeWindow& window, int day, int minute) {
  const auto has_day = [&](int d) { return (window.days >> d & 1) != 0; };
  if (window.start_minute < window.end_minute) {
    return has_day(day) && minute >= window.start_minute && minute < window.end_minute;
  }
  const int yesterday = (day + 6) % 7;
  return (has_day(day) && minute >= window.start_minute) ||
         (has_day(yesterday) && minute < window.end_minute);
}

}  // namespace

bool Schedule::is_open(std::int64_t local_time_s) const {
  if (local_time_s < effective_s || local_time_s > expires_s) return false;
  if (windows.empty()) return true;
  const int day = weekday(local_time_s);
  const int minute = minute_of_day(local_time_s);
  return std::any_of(windows.begin(), windows.end(),
                     [&](const TimeWindow& window) { return is_in_window(window, day, minute); });
}

void ScheduleEdges::add(const Schedule& schedule) {
  if (schedule.effective_s != std::numeric_limits<std::int64_t>::min()) {
    dates_s_.push_back(schedule.effective_s);
  }
  if (schedule.expires_s != std::numeric_limits<std::int64_t>::max()) {
    dates_s_.push_back(schedule.expires_s + 1);
  }
  for (const TimeWindow& window : schedule.windows) {
    has_windows_ = true;
    minutes_.set(static_cast<std::size_t>(window.start_minute % kMinutesPerDay));
    minutes_.set(static_cast<std::size_t>(window.end_minute % kMinutesPerDay));
  }
}

void ScheduleEdges::put_in_order() {
  std::sort(dates_s_.begin(), dates_s_.end());
  dates_s_.erase(std::unique(dates_s_.begin(), dates_s_.end()), dates_s_.end());
}

bool ScheduleEdges::is_any_between(std::int64_t after_s, std::int64_t until_s) const {
  if (after_s == until_s) return false;
  // The clock went back: look at everything again.
  if (until_s < after_s) return has_windows_ || !dates_s_.empty();
  const auto next = std::upper_bound(dates_s_.begin(), dates_s_.end(), after_s);
  if (next != dates_s_.end() && *next <= until_s) return true;
  if (!has_windows_) return false;
  if (until_s - after_s >= kSecondsPerDay) return true;
  int minute = minute_of_day(after_s);
  const int last = minute_of_day(until_s);
  while (minute != last) {
    minute = (minute + 1) % kMinutesPerDay;
    if (minutes_.test(static_cast<std::size_t>(minute))) return true;
  }
  return false;
}

}  // namespace xsell::rules

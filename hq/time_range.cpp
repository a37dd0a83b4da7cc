#include "hq/time_range.h"

#include <fmt/format.h>

#include "hq/errors.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kBareDateSize = 10;

std::int64_t parse_option(const char* option, const std::string& text) {
  const auto time_s = parse_time(text);
  if (!time_s) {
    throw UsageError(fmt::format(
        "{} {}: write a date as 2026-06-03 or a time as '2026-06-03 16:00'", option, text));
  }
  return *time_s;
}

}  // namespace

TimeRange parse_time_range(const std::string& from, const std::string& until) {
  TimeRange range;
  if (!from.empty()) range.from_s = parse_option("--from", from);
  if (!until.empty()) {
    range.until_s = parse_option("--until", until);
    if (until.size() <= kBareDateSize) range.until_s += kSecondsPerDay;
  }
  if (range.from_s >= range.until_s) {
    throw UsageError(fmt::format("nothing lies between --from {} and --until {}", from, until));
  }
  return range;
}

}  // namespace xsell::hq

#ifndef XSELL_HQ_TIME_RANGE_H_
#define XSELL_HQ_TIME_RANGE_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace xsell::hq {

// A span of store-local time, in seconds since 1970.
struct TimeRange {
  std::int64_t from_s = std::numeric_limits<std::int64_t>::min();   // included
  std::int64_t until_s = std::numeric_limits<std::int64_t>::max();  // excluded

  bool contains(std::int64_t time_s) const { return time_s >= from_s && time_s < until_s; }
};

// From the options --from and --until, either of which may be empty. A bare date as `until`
// includes that whole day. Throws UsageError for what is no date, and for a range that holds
// nothing.
TimeRange parse_time_range(const std::string& from, const std::string& until);

}  // namespace xsell::hq

#endif  // XSELL_HQ_TIME_RANGE_H_

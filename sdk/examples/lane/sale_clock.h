// The lane's clocks, which a script may set and move on.
#ifndef XSELL_SDK_EXAMPLES_LANE_SALE_CLOCK_H_
#define XSELL_SDK_EXAMPLES_LANE_SALE_CLOCK_H_

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace lane {

// Real time, until local time is set or time is moved on; both clocks move together.
class SaleClock {
 public:
  std::uint64_t monotonic_ns() const {
    const auto now = std::chrono::steady_clock::now().time_since_epoch() + skipped_;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  }

  // What the store's wall clock shows, in seconds since it showed 1970-01-01T00:00:00.
  std::int64_t local_time_s() const {
    if (set_local_time_s_) {
      return *set_local_time_s_ +
             static_cast<std::int64_t>((monotonic_ns() - set_at_ns_) / 1'000'000'000u);
    }
    const std::time_t now =
        std::time(nullptr) + std::chrono::duration_cast<std::chrono::seconds>(skipped_).count();
    std::tm local{};
    localtime_r(&now, &local);
    return static_cast<std::int64_t>(now) + static_cast<std::int64_t>(local.tm_gmtoff);
  }

  void set_local_time(std::int64_t local_time_s) {
    set_local_time_s_ = local_time_s;
    set_at_ns_ = monotonic_ns();
  }

  void advance(std::chrono::milliseconds by) { skipped_ += by; }

 private:
  std::chrono::nanoseconds skipped_{0};
  std::optional<std::int64_t> set_local_time_s_;
  std::uint64_t set_at_ns_ = 0;
};

// "2011-12-01T10:15:00" (or with a space, or without the seconds, or the date alone).
std::optional<std::int64_t> parse_local_time(std::string_view text);

// "2011-12-01T10:15:00".
std::string format_local_time(std::int64_t local_time_s);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_SALE_CLOCK_H_

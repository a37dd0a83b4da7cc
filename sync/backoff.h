// Full-jitter exponential backoff, pure: the caller brings the time and the dice.
#ifndef XSELL_SYNC_BACKOFF_H_
#define XSELL_SYNC_BACKOFF_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "sync/limits.h"

namespace xsell::sync {

// A uniform draw from [0, bound]; tests give their own.
using Dice = std::function<std::int64_t(std::int64_t bound)>;

Dice system_dice();

struct BackoffSettings {
  std::int64_t base_ms = limits::kBackoffBase_ms;
  std::int64_t cap_ms = limits::kBackoffCap_ms;
  std::int64_t healthy_after_ms =
      limits::kBackoffReset_ms;  // health this long forgets the failures
  std::int64_t slow_lane_ms =
      limits::kSlowLane_ms;  // after 401 and 403: never giving up, but seldom
};

class Backoff {
 public:
  Backoff(BackoffSettings settings, Dice dice);

  // The wait before the next try: base plus a draw over the window, which doubles with each failure
  // in a row up to the cap. A server's Retry-After is the least; it is held to at most an hour.
  std::int64_t after_failure(std::optional<std::int64_t> retry_after_ms = {});
  std::int64_t after_denial();  // 401, 403

  void on_healthy(
      std::int64_t now_ms);  // it works now; the failures are forgotten after a while of it
  void on_unhealthy(std::int64_t now_ms);  // it has stopped to work

 private:
  const BackoffSettings settings_;
  const Dice dice_;
  int failures_ = 0;
  std::optional<std::int64_t> healthy_since_ms_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_BACKOFF_H_

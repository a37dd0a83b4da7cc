#ifndef XSELL_PLUGIN_TRUSTED_CLOCK_H_
#define XSELL_PLUGIN_TRUSTED_CLOCK_H_

#include <cstdint>
#include <string>

namespace xsell::plugin {

// One moment by two clocks, in seconds: UTC since 1970, which a till may have wrong, and one that
// only ever moves on but begins anywhere.
struct Moment {
  int64_t utc_s = 0;
  int64_t steady_s = 0;
};

// What a lane makes of its clock when it knows what its publisher signed last, and when. The clock
// is suspect when it stands before that (by more than a day) or half a year past it: then the
// signed time, and what has gone by since it came, are better. A lane that was away for half a year
// looks the same; it too is right to judge what it gets by what it knew last, since each step on
// the way is signed. Threads: one at a time.
class TrustedClock {
 public:
  static constexpr int64_t kBehind_s = 86'400;
  static constexpr int64_t kAhead_s = int64_t{180} * 86'400;

  explicit TrustedClock(int64_t last_signed_s) : signed_s_(last_signed_s) {}

  // The newest head that was verified; older ones teach nothing.
  void learn(int64_t signed_s, const Moment& now);
  int64_t last_signed_s() const { return signed_s_; }  // 0: none yet

  bool is_suspect(int64_t utc_s) const {
    return utc_s < signed_s_ - kBehind_s || (signed_s_ != 0 && utc_s > signed_s_ + kAhead_s);
  }
  // By which expiry is judged when something new is offered.
  int64_t for_checks(const Moment& now) const;
  // By which what the lane has is called stale. A clock that is far ahead is believed as long as
  // this run of the lane has heard of nothing newer: then it may as well be right.
  int64_t for_age(const Moment& now) const;

 private:
  int64_t signed_s_;
  int64_t learnt_at_steady_s_ = -1;  // -1: before this run
};

// What a suspect clock shows, and what HQ's signature says.
std::string describe_suspect(const TrustedClock& clock, int64_t utc_s);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_TRUSTED_CLOCK_H_

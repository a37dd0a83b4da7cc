#include "plugin/trusted_clock.h"

#include <algorithm>

#include "sync/tuf_metadata.h"

namespace xsell::plugin {

void TrustedClock::learn(int64_t signed_s, const Moment& now) {
  if (signed_s < signed_s_) return;
  // The same head again says nothing about how much time went by.
  if (signed_s == signed_s_ && learnt_at_steady_s_ >= 0) return;
  signed_s_ = signed_s;
  learnt_at_steady_s_ = now.steady_s;
}

int64_t TrustedClock::for_checks(const Moment& now) const {
  if (!is_suspect(now.utc_s)) return std::max(now.utc_s, signed_s_);
  return signed_s_ + (learnt_at_steady_s_ < 0 ? 0 : now.steady_s - learnt_at_steady_s_);
}

int64_t TrustedClock::for_age(const Moment& now) const {
  const bool is_ahead = is_suspect(now.utc_s) && now.utc_s > signed_s_;
  return is_ahead && learnt_at_steady_s_ < 0 ? now.utc_s : for_checks(now);
}

std::string describe_suspect(const TrustedClock& clock, int64_t utc_s) {
  return "this till's clock is wrong: " + sync::tuf::format_utc_time(utc_s) +
         ", while HQ's last signature is of " + sync::tuf::format_utc_time(clock.last_signed_s());
}

}  // namespace xsell::plugin

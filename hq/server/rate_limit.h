// A token bucket per peer and one for all: so many tries at once, then so many a minute.
// Units: seconds of a clock that the caller brings.
#ifndef XSELL_HQ_SERVER_RATE_LIMIT_H_
#define XSELL_HQ_SERVER_RATE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace xsell::hq {

class RateLimit {
 public:
  struct Settings {
    double burst = 10;  // of one peer
    double per_minute = 10;
    double burst_of_all = 200;
    double per_minute_of_all = 200;
  };

  RateLimit() : RateLimit(Settings()) {}
  explicit RateLimit(Settings settings) : settings_(settings) {
    all_.tokens = settings.burst_of_all;
  }

  // False: too many; nothing is taken.
  bool take(const std::string& peer, std::int64_t now_s);

 private:
  struct Bucket {
    double tokens = 0;
    std::int64_t at_s = 0;
  };
  static void fill(Bucket& bucket, double per_minute, double burst, std::int64_t now_s);

  const Settings settings_;
  Bucket all_;
  std::map<std::string, Bucket> peers_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_RATE_LIMIT_H_

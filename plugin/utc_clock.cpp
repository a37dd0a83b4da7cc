#include "plugin/utc_clock.h"

#include <chrono>
#include <ctime>

namespace xsell::plugin {

int64_t utc_now_s(const HostSettings& host) {
  if (host.clock && host.clock->utc_time_s) return host.clock->utc_time_s(host.host_data);
  return static_cast<int64_t>(std::time(nullptr));
}

Moment now_of(const HostSettings& host) {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return {.utc_s = utc_now_s(host),
          .steady_s = std::chrono::duration_cast<std::chrono::seconds>(steady).count()};
}

}  // namespace xsell::plugin

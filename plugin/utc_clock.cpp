#include "plugin/utc_clock.h"

#include <ctime>

namespace xsell::plugin {

int64_t utc_now_s(const HostSettings& host) {
  if (host.clock && host.clock->utc_time_s) return host.clock->utc_time_s(host.host_data);
  return static_cast<int64_t>(std::time(nullptr));
}

}  // namespace xsell::plugin

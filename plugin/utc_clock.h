#ifndef XSELL_PLUGIN_UTC_CLOCK_H_
#define XSELL_PLUGIN_UTC_CLOCK_H_

#include <cstdint>

#include "plugin/host_settings.h"
#include "plugin/trusted_clock.h"

namespace xsell::plugin {

// Seconds since 1970 UTC: the till's clock if it offers one, else the machine's. Threads: the
// worker's.
int64_t utc_now_s(const HostSettings& host);
Moment now_of(const HostSettings& host);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_UTC_CLOCK_H_

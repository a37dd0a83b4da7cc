#ifndef XSELL_PLUGIN_TIME_ZONE_H_
#define XSELL_PLUGIN_TIME_ZONE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::plugin {

// When a store's wall clock is how far ahead of UTC: the transitions of a zone file (RFC 8536),
// read once. libc's localtime reads files, takes locks and obeys the process's environment.
class TimeZone {
 public:
  // From /usr/share/zoneinfo; nothing when there is no such zone.
  static std::optional<TimeZone> find(const std::string& iana_name);
  // From the bytes of a zone file; nothing when they are not one.
  static std::optional<TimeZone> parse(std::string_view bytes);

  int32_t utc_offset_s(int64_t utc_time_s) const;

 private:
  std::vector<int64_t> transitions_s_;
  std::vector<int32_t> offsets_s_;  // from the transition with the same index on
  int32_t first_offset_s_ = 0;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_TIME_ZONE_H_

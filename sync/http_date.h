// Dates as HTTP writes them ("Sun, 06 Nov 1994 08:49:37 GMT"), and Retry-After.
#ifndef XSELL_SYNC_HTTP_DATE_H_
#define XSELL_SYNC_HTTP_DATE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace xsell::sync {

// Seconds since 1970. The one form that servers may send; nothing for any other.
std::optional<std::int64_t> parse_http_date(std::string_view text);

// "120" or a date, which counts from `date`, the response's own, since the lane's clock may be
// wrong.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::string_view date);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HTTP_DATE_H_

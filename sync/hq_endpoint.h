// Where HQ is and how a lane knows that it is HQ.
#ifndef XSELL_SYNC_HQ_ENDPOINT_H_
#define XSELL_SYNC_HQ_ENDPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::sync {

struct HqEndpoint {
  std::string url{};     // https://host[:port][/prefix]; anything but https is refused
  std::string ca_pem{};  // the only authority that is trusted
  std::string bearer{};  // the lane's token; empty sends none

  // The CA's signature and the name are still checked, only the dates are not: for a lane whose
  // clock is plainly wrong.
  bool is_clock_suspect = false;

  std::string name_servers{};  // "address:port,..." instead of the system's; for tests
};

struct HqUrl {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 443;
  std::string prefix;  // "" or "/something", without a trailing slash

  std::string authority() const;  // as the Host header wants it
};

// Fails: nothing for what is not https or has a user, query or fragment.
std::optional<HqUrl> parse_hq_url(std::string_view url);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HQ_ENDPOINT_H_

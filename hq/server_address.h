// Where the server listens and how lanes reach it.
// Fails: UsageError with the mend.
#ifndef XSELL_HQ_SERVER_ADDRESS_H_
#define XSELL_HQ_SERVER_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "hq/store.h"

namespace xsell::hq {

// Settings of the store: the address lanes are told to use, and the one that serve last had.
inline constexpr std::string_view kUrl = "url";
inline constexpr std::string_view kServedUrl = "served_url";

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};

// "0.0.0.0:8443", "[::1]:8443".
ListenAddress parse_listen_address(std::string_view text);

// How lanes reach this HQ: the option if it is not empty, else as set by init, else as last served.
// Fails: throws UsageError.
std::string url_for_lanes(HqStore& store, const std::string& option);

std::string server_url(const std::string& host, std::uint16_t port);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_ADDRESS_H_

// What went wrong on the way to HQ, as one word that status, logs and tests share.
#ifndef XSELL_SYNC_NET_ERROR_H_
#define XSELL_SYNC_NET_ERROR_H_

#include <cstdint>
#include <string_view>

namespace xsell::sync {

enum class NetError : std::uint8_t {
  kNone = 0,
  kCancelled,    // this side stopped it
  kDns,          // the name could not be resolved
  kRefused,      // nothing listens there, or no route
  kConnectSlow,  // no connection within the time allowed
  kTls,          // the peer could not prove to be HQ, or no common TLS version
  kPortal,       // a login page, a redirect or a proxy answered instead of HQ
  kSlow,         // below the least rate
  kDeadline,     // the whole exchange took too long
  kTooLarge,     // header or body over its cap
  kClosed,       // the connection ended before the reply did
  kProtocol,     // not HTTP, or not what was asked for
  kStatus,       // HQ answered with an error status
};

// "none", "cancelled", "dns", "refused", "connect_slow", "tls", "portal", "slow", ...
std::string_view name_of(NetError error);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_NET_ERROR_H_

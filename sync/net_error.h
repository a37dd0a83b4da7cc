// What went wrong on the way to HQ, as one word that status, logs and tests share.
#ifndef XSELL_SYNC_NET_ERROR_H_
#define XSELL_SYNC_NET_ERROR_H_

#include <cstdint>
#include <string_view>

namespace xsell::sync {

enum class NetError : std::uint8_t {
  kNone = 0,
  kCancelled,     // this side stopped it
  kDns,           // the name could not be resolved
  kRefused,       // nothing listens there, or no route
  kConnectSlow,   // no connection within the time allowed
  kTls,           // the TLS handshake failed for another reason than the next four
  kTlsAuthority,  // a certificate of another authority: a proxy that inspects, a portal, another HQ
  kTlsName,       // a certificate for another name
  kTlsDates,      // a certificate that has expired or is not valid yet
  kTlsVersion,    // no TLS version and cipher that both accept
  kPortal,        // a login page instead of HQ's answer
  kRedirect,      // a redirect, as portals send it; HQ sends none
  kProxyLogin,    // a proxy that wants to be logged in to
  kSlow,          // below the least rate
  kDeadline,      // the whole exchange took too long
  kTooLarge,      // header or body over its cap
  kClosed,        // the connection ended before the reply did
  kProtocol,      // not HTTP, or not what was asked for
  kStatus,        // HQ answered with an error status
};

// Whoever answers did not prove to be HQ; nothing was sent to it.
bool is_tls_failure(NetError error);

// "none", "cancelled", "dns", "refused", "connect_slow", "tls", "tls_authority", "portal", ...
std::string_view name_of(NetError error);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_NET_ERROR_H_

#include "sync/net_error.h"

namespace xsell::sync {

bool is_tls_failure(NetError error) {
  return error == NetError::kTls || error == NetError::kTlsAuthority ||
         error == NetError::kTlsName || error == NetError::kTlsDates ||
         error == NetError::kTlsVersion;
}

std::string_view name_of(NetError error) {
  switch (error) {
    case NetError::kNone:
      return "none";
    case NetError::kCancelled:
      return "cancelled";
    case NetError::kDns:
      return "dns";
    case NetError::kRefused:
      return "refused";
    case NetError::kConnectSlow:
      return "connect_slow";
    case NetError::kTls:
      return "tls";
    case NetError::kTlsAuthority:
      return "tls_authority";
    case NetError::kTlsName:
      return "tls_name";
    case NetError::kTlsDates:
      return "tls_dates";
    case NetError::kTlsVersion:
      return "tls_version";
    case NetError::kPortal:
      return "portal";
    case NetError::kRedirect:
      return "redirect";
    case NetError::kProxyLogin:
      return "proxy_login";
    case NetError::kSlow:
      return "slow";
    case NetError::kDeadline:
      return "deadline";
    case NetError::kTooLarge:
      return "too_large";
    case NetError::kClosed:
      return "closed";
    case NetError::kProtocol:
      return "protocol";
    case NetError::kStatus:
      return "status";
  }
  return "unknown";
}

}  // namespace xsell::sync

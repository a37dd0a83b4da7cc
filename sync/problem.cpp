#include "sync/problem.h"

namespace xsell::sync {

std::string_view name_of(Problem problem) {
  switch (problem) {
    case Problem::kNone:
      return "none";
    case Problem::kSignature:
      return "signature";
    case Problem::kRollback:
      return "rollback";
    case Problem::kExpired:
      return "expired";
    case Problem::kVersion:
      return "version";
    case Problem::kHash:
      return "hash";
    case Problem::kLength:
      return "length";
    case Problem::kFormat:
      return "format";
    case Problem::kRoleRemoved:
      return "role_removed";
    case Problem::kNoTrust:
      return "no_trust";
    case Problem::kUntrustedName:
      return "untrusted_name";
    case Problem::kEquivocation:
      return "equivocation";
    case Problem::kBundle:
      return "bundle";
    case Problem::kStateHash:
      return "state_hash";
    case Problem::kRefused:
      return "refused_content";
    case Problem::kNotFound:
      return "not_found";
    case Problem::kTooLarge:
      return "too_large";
    case Problem::kTransport:
      return "transport";
    case Problem::kStorage:
      return "storage";
  }
  return "unknown";
}

std::string_view Failure::name() const {
  if (problem == Problem::kTransport && net_error != NetError::kNone) return name_of(net_error);
  return name_of(problem);
}

}  // namespace xsell::sync

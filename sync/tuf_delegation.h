#ifndef XSELL_SYNC_TUF_DELEGATION_H_
#define XSELL_SYNC_TUF_DELEGATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "sync/tuf_keys.h"

namespace xsell::sync::tuf {

// A targets role's word that another role may describe some of its targets.
struct Delegation {
  std::string role;
  RoleKeys signers;
  // Which targets: patterns of whole names, or the first digits of a name's SHA-256 in hexadecimal.
  std::vector<std::string> paths;
  std::vector<std::string> path_hash_prefixes;
  bool is_terminating = false;  // what it covers is looked for nowhere after it

  bool covers(std::string_view target_name) const;
};

// Shell patterns as glob(7) has them: '*' and '?' match anything but a slash, [a-z] and [!a-z] one
// character but a slash; a '[' that is never closed stands for itself. Bytes, whatever the locale.
bool matches_pattern(std::string_view pattern, std::string_view name);

// Not one of the names that root gives meaning to, and not empty.
bool can_be_delegated(std::string_view role);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_DELEGATION_H_

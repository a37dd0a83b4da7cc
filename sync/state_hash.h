#ifndef XSELL_SYNC_STATE_HASH_H_
#define XSELL_SYNC_STATE_HASH_H_

#include <string_view>

#include "sync/sha256.h"

namespace xsell::sync {

// Identifies the whole content of a rule set: SHA-256 over id, NUL, sha256(line) of every line, in
// id order. It finds a wrong base, a partial apply and bit rot alike. Requires: ids strictly
// ascending in byte order.
class StateHasher {
 public:
  void add(std::string_view id, std::string_view line) { add_digest(id, digest_of(line)); }
  void add_digest(std::string_view id, const Sha256& digest);
  Sha256 digest_of(std::string_view line);
  Sha256 finish();

 private:
  Sha256Hasher lines_;
  Sha256Hasher line_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_STATE_HASH_H_

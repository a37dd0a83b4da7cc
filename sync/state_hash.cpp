#include "sync/state_hash.h"

namespace xsell::sync {

Sha256 StateHasher::digest_of(std::string_view line) {
  line_.add(line);
  return line_.finish();
}

void StateHasher::add_digest(std::string_view id, const Sha256& digest) {
  lines_.add(id);
  lines_.add(std::string_view("\0", 1));
  lines_.add({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Sha256 StateHasher::finish() { return lines_.finish(); }

}  // namespace xsell::sync

#include "sync/state_hash.h"

namespace xsell::sync {

void StateHasher::add(std::string_view id, std::string_view line) {
  line_.add(line);
  const Sha256 digest = line_.finish();
  lines_.add(id);
  lines_.add(std::string_view("\0", 1));
  lines_.add({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Sha256 StateHasher::finish() { return lines_.finish(); }

}  // namespace xsell::sync

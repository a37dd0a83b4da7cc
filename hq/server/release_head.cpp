#include "hq/server/release_head.h"

#include <exception>

#include "sync/release.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

std::optional<ReleaseHead> read_head(const std::filesystem::path& tree) {
  try {
    const sync::tuf::RepositoryKeys no_keys;
    const sync::tuf::Repository repository(tree, no_keys);
    if (!repository.exists()) return std::nullopt;
    const auto release = sync::newest_release(repository.targets());
    ReleaseHead head{.serial = repository.snapshot().version};
    if (release) {
      head.version = release->version;
      head.spread_s = release->spread_s;
    }
    return head;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace xsell::hq

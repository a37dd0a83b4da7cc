#include "hq/server/release_head.h"

#include <exception>

#include "sync/release_fetch.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

std::optional<ReleaseHead> read_head(const std::filesystem::path& tree) {
  try {
    const sync::tuf::RepositoryKeys no_keys;
    const sync::tuf::Repository repository(tree, no_keys);
    if (!repository.exists()) return std::nullopt;
    const auto release = sync::newest_release(repository.targets());
    return release ? ReleaseHead{release->version, release->spread_s} : ReleaseHead{};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace xsell::hq

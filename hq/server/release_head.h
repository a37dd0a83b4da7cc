// What the published tree leads to, as a lane would find it: the newest release.
#ifndef XSELL_HQ_SERVER_RELEASE_HEAD_H_
#define XSELL_HQ_SERVER_RELEASE_HEAD_H_

#include <cstdint>
#include <filesystem>
#include <optional>

namespace xsell::hq {

struct ReleaseHead {
  std::uint64_t version = 0;  // 0: nothing is published yet
  std::uint32_t spread_s = 0;
  std::uint64_t serial = 0;  // counts up with releases, the kill switch and rollouts alike

  bool operator==(const ReleaseHead&) const = default;
};

// Nothing while the tree does not hold together, such as before the first publish.
std::optional<ReleaseHead> read_head(const std::filesystem::path& tree);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_RELEASE_HEAD_H_

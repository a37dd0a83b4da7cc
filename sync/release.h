#ifndef XSELL_SYNC_RELEASE_H_
#define XSELL_SYNC_RELEASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/sha256.h"
#include "sync/tuf_metadata.h"

namespace xsell::sync {

// A way to a release from another one's content.
struct ReleaseDelta {
  tuf::TargetFile file;
  uint64_t from_version = 0;
  Sha256 from_state_hash{};
};

// A release as signed targets metadata names it.
struct Release {
  tuf::TargetFile file;
  uint64_t version = 0;
  Sha256 state_hash{};
  uint32_t spread_s = 0;
  std::string rollout_salt = {};  // empty: every lane may take it at once, see Rollout
  std::vector<ReleaseDelta> deltas = {};

  // The delta that fits content with this state hash; null if there is none.
  const ReleaseDelta* delta_from(const Sha256& state_hash) const;
};

// All bundles that the metadata names with the deltas to them, the newest first. Targets of other
// kinds and unreadable ones are passed over.
std::vector<Release> releases(const tuf::Targets& targets);
std::optional<Release> newest_release(const tuf::Targets& targets);

// The custom data by which releases() knows a bundle and a delta.
std::string release_custom(uint64_t version, const Sha256& state_hash, uint32_t spread_s,
                           std::string_view rollout_salt = {});
std::string delta_custom(uint64_t from_version, const Sha256& from_state_hash, uint64_t version,
                         const Sha256& state_hash);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RELEASE_H_

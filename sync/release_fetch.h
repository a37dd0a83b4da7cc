#ifndef XSELL_SYNC_RELEASE_FETCH_H_
#define XSELL_SYNC_RELEASE_FETCH_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "sync/bundle.h"
#include "sync/problem.h"
#include "sync/sha256.h"
#include "sync/tuf_client.h"

namespace xsell::sync {

// A release as signed targets metadata names it.
struct Release {
  tuf::TargetFile file;
  uint64_t version = 0;
  Sha256 state_hash{};
  uint32_t spread_s = 0;
};

// The newest bundle that the metadata names, if any. Targets of other kinds and unreadable ones are
// passed over.
std::optional<Release> newest_release(const tuf::Targets& targets);

// The custom data by which newest_release() knows a bundle.
std::string release_custom(uint64_t version, const Sha256& state_hash, uint32_t spread_s);

// Downloads a release to `part_file` (removed in any case), verifies length and SHA-256, and only
// then streams its lines to the sink. Success means that the sink got every line and the state hash
// is the signed one. Threads: one at a time. Fails: with values.
Failure fetch_release(tuf::Client& client, const Release& release,
                      const std::filesystem::path& part_file, BundleSink& sink);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RELEASE_FETCH_H_

#ifndef XSELL_HQ_RELEASE_DELTAS_H_
#define XSELL_HQ_RELEASE_DELTAS_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hq/release_log.h"
#include "rules/release_lines.h"
#include "sync/sha256.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

// "rules-VERSION.bundle.zst" and "rules-FROM-TO.delta.zst"; in the tree their hash goes before it.
std::string bundle_name(std::uint64_t version);
std::string delta_name(std::uint64_t from_version, std::uint64_t version);
// Where a release's bundle lies, if it was not pruned.
std::filesystem::path bundle_path(const std::filesystem::path& targets,
                                  const ReleaseEntry& release);

// A release that is about to be published.
struct NewRelease {
  std::uint64_t version = 0;
  sync::Sha256 state_hash{};
  const std::vector<rules::ReleaseLine>& lines;
  std::uint64_t bundle_bytes = 0;
};

struct DeltaFile {
  std::string name;
  std::string bytes;
  std::string custom;
};

// Direct deltas to the new release from each of the newest limits::kDeltaBases of `earlier` (newest
// first) whose bundle is there and whole, if it is worth it: at most limits::kDeltaShare_percent of
// the bundle. Uses all processors. Fails: std::runtime_error.
std::vector<DeltaFile> make_deltas(const std::filesystem::path& targets,
                                   const std::vector<ReleaseEntry>& earlier,
                                   const NewRelease& release);

// Removes bundles and deltas that nobody needs any more. `in_use` are names without hashes; the
// newest bundles of the log stay as bases of later deltas.
void prune_releases(const std::filesystem::path& targets, const std::vector<ReleaseEntry>& log,
                    const std::vector<std::string>& in_use);

}  // namespace xsell::hq

#endif  // XSELL_HQ_RELEASE_DELTAS_H_

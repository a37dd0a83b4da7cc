#ifndef XSELL_HQ_PUBLISHER_H_
#define XSELL_HQ_PUBLISHER_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hq/hq_folder.h"
#include "hq/progress.h"
#include "hq/release_log.h"
#include "hq/signing_keys.h"
#include "rules/release_lines.h"
#include "sync/release_fetch.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

// Who publishes and why, for the log and the audit trail.
struct PublishOrder {
  std::string user;
  std::string note = {};
  std::uint32_t spread_s = 0;
  bool is_staged = false;  // held back until a rollout lets it go
  std::optional<std::uint64_t> restores = std::nullopt;
};

// The setting below which no release is numbered, and by how much a leap raises the metadata's
// versions: more than hourly signing takes in ten years.
inline constexpr std::string_view kVersionFloor = "version_floor";
inline constexpr std::uint64_t kMetadataLeap = 100'000;

struct Publication {
  struct Delta {
    std::string name;
    std::uint64_t bytes = 0;
  };
  ReleaseEntry release;
  std::uint64_t bundle_bytes = 0;
  std::vector<Delta> deltas;
  sync::tuf::PublishedVersions metadata;
  bool is_pending = false;  // drafted, and out once enough people have approved
  std::vector<sync::tuf::NeededSignatures> needed = {};
};

// Signs and puts out releases. Holds the publish lock while it works.
// Threads: one at a time. Fails: Refused, StorageError, std::runtime_error; then nothing was
// published.
class Publisher {
 public:
  // `unlock` opens encrypted targets keys.
  Publisher(HqStore& store, HqFolder folder, Unlock unlock = {})
      : store_(store), folder_(std::move(folder)), unlock_(std::move(unlock)) {}

  // Puts the lines out as the next version. A lane can see it once this returns, or never; unless
  // the keys here are not enough to sign a release: then it waits for approvals.
  Publication publish(const std::vector<rules::ReleaseLine>& lines, const PublishOrder& order,
                      std::int64_t now_s, Progress& progress);

  // The lines of an earlier release, read back from its bundle and verified.
  std::vector<rules::ReleaseLine> lines_of(const ReleaseEntry& release) const;

  // After a backup was restored: the next release's version is over `above`, and the metadata's
  // versions are over all that HQ can have signed since.
  void leap(std::uint64_t above, std::int64_t now_s);

  // Copies all that a lane needs into a folder, signed to be fresh for `valid_s`, whatever the age
  // that a USB stick has by then.
  sync::tuf::PublishedVersions export_to(const std::filesystem::path& destination,
                                         std::int64_t valid_s, std::int64_t now_s) const;

 private:
  HqStore& store_;
  const HqFolder folder_;
  const Unlock unlock_;
};

// Makes the keys and the first, empty metadata of a new HQ.
void start_trust(const HqFolder& folder, std::int64_t now_s);

// Signs the head anew; nothing while somebody else is signing, since that refreshes it too.
std::optional<sync::tuf::PublishedVersions> resign_head(const HqFolder& folder, std::int64_t now_s);

// What lanes see now. Reads files only; fails like Publisher.
std::optional<sync::Release> published_release(const HqFolder& folder);

}  // namespace xsell::hq

#endif  // XSELL_HQ_PUBLISHER_H_

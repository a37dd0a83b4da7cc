#ifndef XSELL_SYNC_TUF_REPOSITORY_H_
#define XSELL_SYNC_TUF_REPOSITORY_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/limits.h"
#include "sync/signing_key.h"
#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {

// The private keys at hand. A role whose keys are empty here is signed elsewhere and left as it is.
struct RepositoryKeys {
  std::vector<SigningKey> root, targets, snapshot, timestamp;
};

struct RepositoryLifetimes {
  int64_t root_s = limits::kRootLifetime_s;
  int64_t targets_s = limits::kTargetsLifetime_s;
  int64_t snapshot_s = limits::kSnapshotLifetime_s;
  int64_t timestamp_s = limits::kTimestampLifetime_s;
};

// A target to publish: its bytes lie at `source` and are copied under their hash.
struct NewTarget {
  std::string name;
  std::filesystem::path source;
  std::string custom;  // a JSON object, or empty
};

struct PublishedVersions {
  uint64_t timestamp = 0, snapshot = 0, targets = 0;
};

// HQ's side of TUF: the files below FOLDER/v1/tuf and FOLDER/v1/targets, with consistent snapshots.
// Each file is written under a temporary name, synced and renamed; timestamp.json comes last, so
// that a reader sees the old state or the new. Its only state is those files. Threads: one writer
// at a time, in all processes (see hq/publish_lock.h). Fails: throws std::runtime_error or Error.
// Units: times are UTC seconds since 1970.
class Repository {
 public:
  Repository(std::filesystem::path folder, const RepositoryKeys& keys,
             RepositoryLifetimes lifetimes = {});

  bool exists() const;
  // First root (every role: these keys, the given threshold) and first empty metadata. Requires:
  // !exists().
  void create(int64_t now_s, uint32_t threshold = 1);

  // Adds a target, removes those whose names are given, then signs targets, snapshot and timestamp.
  PublishedVersions publish(const NewTarget& target, const std::vector<std::string>& remove,
                            int64_t now_s);

  // Signs the timestamp anew, and before it snapshot and targets if half of their life is over and
  // their keys are here.
  PublishedVersions resign(int64_t now_s);

  Root root() const;
  Timestamp timestamp() const;
  Snapshot snapshot() const;
  Targets targets() const;

  // The trusted root's exact bytes, for enrolment: version 1, from which every lane can follow the
  // chain.
  std::string first_root_bytes() const;
  // Files that a client needs to get from nothing to the present state, relative to the folder.
  std::vector<std::filesystem::path> current_files() const;

 private:
  std::filesystem::path metadata_path(std::string_view name) const;
  void sign_targets(const Targets& targets, int64_t now_s);
  void sign_snapshot(uint64_t version, uint64_t targets_version, int64_t now_s);
  void sign_timestamp(uint64_t version, uint64_t snapshot_version, int64_t now_s);

  std::filesystem::path folder_;
  const RepositoryKeys& keys_;
  RepositoryLifetimes lifetimes_;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_REPOSITORY_H_

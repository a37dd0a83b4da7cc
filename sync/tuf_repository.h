#ifndef XSELL_SYNC_TUF_REPOSITORY_H_
#define XSELL_SYNC_TUF_REPOSITORY_H_

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/limits.h"
#include "sync/signing_key.h"
#include "sync/tuf_draft.h"
#include "sync/tuf_metadata.h"
#include "sync/tuf_policy.h"

namespace xsell::sync::tuf {

// The private keys at hand. A role without keys here is signed elsewhere and left as it is.
struct RepositoryKeys {
  std::vector<SigningKey> root, targets, snapshot, timestamp, control, rollout;

  const std::vector<SigningKey>& of(PolicyRole role) const {
    return role == PolicyRole::kControl ? control : rollout;
  }
  std::array<const std::vector<SigningKey>*, 6> all() const {
    return {&root, &targets, &snapshot, &timestamp, &control, &rollout};
  }
};

struct RepositoryLifetimes {
  int64_t root_s = limits::kRootLifetime_s;
  int64_t targets_s = limits::kTargetsLifetime_s;
  int64_t snapshot_s = limits::kSnapshotLifetime_s;
  int64_t timestamp_s = limits::kTimestampLifetime_s;
  int64_t policy_s = limits::kPolicyLifetime_s;
};

struct NewTarget {
  std::string name;
  std::string_view bytes;
  std::string custom;  // a JSON object, or empty
};

struct PublishedVersions {
  uint64_t timestamp = 0, snapshot = 0, targets = 0;
};

// HQ's side of TUF: the files below FOLDER/v1/tuf and FOLDER/v1/targets, with consistent snapshots.
// Its only state is those files. Each is replaced whole and durably, timestamp.json last, so that a
// reader sees the old release or the new, and an interrupted writer leaves the old.
// Threads: one writer at a time, over all processes: the caller holds a lock.
// Fails: throws std::runtime_error or Error. Units: times are UTC seconds since 1970.
class Repository {
 public:
  Repository(std::filesystem::path folder, const RepositoryKeys& keys,
             RepositoryLifetimes lifetimes = {});

  bool exists() const;
  // The first root, in which each role has the keys at hand, and the other roles, empty; targets
  // delegates to the policy roles, which say nothing yet. Requires: !exists() and keys for every
  // role.
  void create(int64_t now_s, uint32_t threshold = 1);

  // Takes out the targets named in `remove`, adds new ones (or replaces those of the same name),
  // and signs targets, snapshot and timestamp.
  PublishedVersions publish(const std::vector<NewTarget>& added,
                            const std::vector<std::string>& remove, int64_t now_s);

  // Versions of targets up to this one are not drafted: people may have signed one that came to
  // nothing.
  void skip_targets_versions(uint64_t up_to) { skipped_targets_version_ = up_to; }
  // The same as a draft that is not signed yet. The targets' bytes are written already, under names
  // that only the draft tells.
  Draft draft_release(const std::vector<NewTarget>& add, const std::vector<std::string>& remove,
                      int64_t now_s);
  // Other keys for one of the six roles, with all documents that must change with them: a role's
  // document that its new keys have not signed would be worth nothing.
  Draft draft_keys(const std::string& role, const RoleKeys& keys, int64_t now_s);
  // The same content of root or targets under the next version, to last longer.
  Draft draft_renewal(const std::string& role, int64_t now_s);

  PresentState present() const { return {root(), targets()}; }
  // Signs what the keys at hand may sign.
  void sign(Draft& draft) const;
  // Puts a draft in force: snapshot and timestamp are signed at once, by keys that the draft's root
  // allows. Throws Error kSignature, with nothing changed, while signatures are missing; kVersion
  // if other documents were published since it was drafted.
  PublishedVersions apply(const Draft& draft, int64_t now_s);

  // Signs the next document of a policy role, then snapshot and timestamp. Needs the role's keys
  // and the online ones only.
  PublishedVersions put_policy(PolicyRole role, std::string_view json, int64_t now_s);
  // What was put last; nothing if that never happened.
  std::optional<Policy> policy(PolicyRole role) const;

  // Signs the timestamp anew; before it targets, policies and snapshot, if half of their life is
  // over, and a root close to its end, as far as the keys at hand suffice.
  PublishedVersions resign(int64_t now_s);

  // A new snapshot and timestamp with the content of the present ones, `step` versions further.
  PublishedVersions renew(int64_t now_s, uint64_t step = 1);

  // The content of the present documents, each `step` versions further: after an older copy of the
  // folder was restored, lanes that have seen more trust it again. Targets and policies as far as
  // the keys at hand suffice.
  PublishedVersions leap(int64_t now_s, uint64_t step);

  Root root() const;  // the newest
  Timestamp timestamp() const;
  Snapshot snapshot() const;
  Targets targets() const;

  // The root to hand to a lane that enrols.
  std::string root_bytes() const;
  std::string targets_bytes() const;
  // Where a published target lies.
  std::filesystem::path target_path(const TargetFile& file) const;
  // All that a client with any root of the chain needs to reach the present state, relative to the
  // folder, timestamp.json last.
  std::vector<std::filesystem::path> current_files() const;

 private:
  std::filesystem::path metadata_path(std::string_view name) const;
  std::optional<Targets> policy_document(PolicyRole role) const;
  uint64_t newest_root_version() const;
  std::string next_targets(Targets targets, int64_t now_s) const;
  // Each signs and writes one document, then those above it. The versions go up
  // from those that timestamp.json leads to, so that what an interrupted writer left is
  // overwritten.
  PublishedVersions sign_and_apply(Draft draft, int64_t now_s);
  PublishedVersions write_snapshot(const std::map<std::string, MetaFile>& changed, int64_t now_s,
                                   uint64_t step = 1);
  PublishedVersions write_timestamp(const MetaFile& snapshot, int64_t now_s, uint64_t step = 1);

  const std::filesystem::path folder_;
  const RepositoryKeys& keys_;
  const RepositoryLifetimes lifetimes_;
  uint64_t skipped_targets_version_ = 0;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_REPOSITORY_H_

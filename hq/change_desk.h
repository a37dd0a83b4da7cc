#ifndef XSELL_HQ_CHANGE_DESK_H_
#define XSELL_HQ_CHANGE_DESK_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hq/hq_folder.h"
#include "hq/pending_change.h"
#include "hq/store.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

// What became of a change.
struct ChangeOutcome {
  std::optional<sync::tuf::PublishedVersions> versions;  // in force; nothing while it is pending
  std::vector<sync::tuf::NeededSignatures> needed;       // while it is pending
};

// Puts changes of signed documents in force: at once when the keys here suffice, else when enough
// people have approved. Each step leaves an audit row. Threads: one at a time. Requires: the caller
// holds the publish lock. Fails: Refused, Error, StorageError; then nothing has changed.
class ChangeDesk {
 public:
  ChangeDesk(HqStore& store, HqFolder folder, const sync::tuf::RepositoryKeys& keys);

  sync::tuf::Repository& repository() { return repository_; }

  // No targets document up to this version is drafted from now on: lanes or approvers may have seen
  // it.
  void skip_targets_versions(std::uint64_t up_to);

  // Refused while another change is pending.
  ChangeOutcome submit(PendingChange change, std::int64_t now_s);
  // Adds signatures that approvers made elsewhere. Refused if one does not fit what is pending.
  struct Approval {
    std::string role;
    sync::tuf::KeyIdSignature signature;
  };
  ChangeOutcome approve(const std::vector<Approval>& approvals, std::string_view user,
                        std::int64_t now_s);
  // Forgets what is pending. Its version numbers are not used again: people may have signed them.
  void cancel(std::string_view user, std::int64_t now_s);

 private:
  ChangeOutcome apply_or_keep(const PendingChange& change, std::int64_t now_s);

  HqStore& store_;
  const HqFolder folder_;
  sync::tuf::Repository repository_;
};

// "release 7 needs 1 more signature by ..." for people.
std::string describe(const std::vector<sync::tuf::NeededSignatures>& needed);

// The identifiers of all keys that may sign something.
std::set<std::string> listed_keys(const sync::tuf::PresentState& present);
// Files of keys that could sign before and no longer can get the ending .retired; their names.
std::vector<std::string> retire_keys(const HqFolder& folder, const std::set<std::string>& before);

}  // namespace xsell::hq

#endif  // XSELL_HQ_CHANGE_DESK_H_

#ifndef XSELL_SYNC_TUF_CLIENT_H_
#define XSELL_SYNC_TUF_CLIENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/fetcher.h"
#include "sync/metadata_store.h"
#include "sync/problem.h"
#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {

// Where a repository keeps its files, relative to the fetcher's address.
struct RepositoryPaths {
  std::string metadata = "v1/tuf/";
  std::string targets = "v1/targets/";
};

struct RoleFailure {
  std::string role;
  Failure failure;
};

// What one refresh did. `failure` names the step that ended it; what earlier steps accepted is
// kept.
struct RefreshReport {
  Failure failure;
  bool has_new_targets = false;      // the trusted targets document changed
  bool has_more_roots = false;       // the root chain is longer than one cycle takes: refresh again
  std::vector<std::string> notices;  // odd but harmless: the same version with two contents, say
  std::vector<std::string> changed_roles;  // followed roles with a new trusted document
  std::vector<RoleFailure> role_failures;  // followed roles that could not be brought up to date
};

// The client workflow of the TUF specification 1.0, section 5. Trust never goes back: each document
// is stored only after every check on it, role by role, so that an interrupted refresh goes on
// where it was. Threads: one at a time. Fails: with values, never an exception. Requires: store and
// fetcher outlive it.
class Client {
 public:
  Client(MetadataStore& store, Fetcher& fetcher, RepositoryPaths paths = {});

  // Takes the root that came by a trusted way (enrolment, installation), if none is trusted yet.
  Failure pin_root(std::string_view root_bytes);

  // Keeps the document of a role that targets delegates to up to date in each refresh, not only
  // when a target is looked for. Its trouble is reported for itself and stops nothing else, and it
  // is brought up to date even when the targets document has expired.
  void follow(std::string role) { followed_.push_back(std::move(role)); }

  // Loads what the store has, without the network; metadata that no longer verifies is treated as
  // absent. refresh() does this by itself at its start.
  Failure load();

  // One update cycle against a clock that stands still at `now_s` (UTC, seconds since 1970).
  RefreshReport refresh(int64_t now_s);

  // What is trusted now; null if not (yet) there. Expiry is the caller's to judge: rules run on
  // when it has passed.
  const Root* root() const { return root_ ? &*root_ : nullptr; }
  const Timestamp* timestamp() const { return timestamp_ ? &*timestamp_ : nullptr; }
  const Snapshot* snapshot() const { return snapshot_ ? &*snapshot_ : nullptr; }
  const Targets* targets() const { return targets_ ? &*targets_ : nullptr; }
  const Targets* delegated(const std::string& followed_role) const;

  // Looks a target up in the targets role and then in those it delegates to, the first that covers
  // the name first (section 5.6.7), and fetches their documents as needed. kNotFound if no role
  // vouches for it. Requires: a refresh() that did not fail, and its time.
  Failure find_target(const std::string& name, int64_t now_s, TargetFile& found);

  // Gives a target's bytes to the sink, never more than its length, and checks length and hashes
  // at the end: only after success may what the sink took be used.
  Failure download(const TargetFile& file, ByteSink& sink);

 private:
  void load_trusted();
  void load_followed();
  void update_root(int64_t now_s, RefreshReport& report);
  void update_timestamp(int64_t now_s, RefreshReport& report);
  void update_snapshot(int64_t now_s);
  void update_targets(int64_t now_s, RefreshReport& report);
  void update_followed(int64_t now_s, RefreshReport& report);
  void accept_root(Root root, std::string_view bytes);
  std::optional<TargetFile> search(const std::string& name, int64_t now_s);
  Targets fetch_delegated(const Delegation& delegation, int64_t now_s);
  std::string fetch_metadata(const std::string& name, uint64_t max_bytes);
  std::string fetch_named(std::string_view role, const MetaFile& wanted, uint64_t max_bytes);

  MetadataStore& store_;
  Fetcher& fetcher_;
  const RepositoryPaths paths_;
  std::vector<std::string> followed_;
  std::optional<Root> root_;
  std::optional<Timestamp> timestamp_;
  std::optional<Snapshot> snapshot_;
  std::optional<Targets> targets_;
  std::map<std::string, Targets> delegated_;  // of the followed roles
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_CLIENT_H_

#ifndef XSELL_PLUGIN_RELEASE_SHELF_H_
#define XSELL_PLUGIN_RELEASE_SHELF_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline_cache/rules_file.h"
#include "offline_cache/trust_store.h"
#include "plugin/log_queue.h"
#include "plugin/start_guard.h"
#include "rules/compiled_rules.h"
#include "rules/lane_scope.h"
#include "sync/fetcher.h"
#include "sync/identity.h"
#include "sync/problem.h"
#include "sync/release.h"
#include "sync/tuf_client.h"

namespace xsell::plugin {

// The releases a lane has: what it trusts, the rule sets on its disk, and the update cycle that
// brings a newer one. Threads: one at a time. Fails: the constructor throws StorageError; all else
// by value. Requires: the folder and the log outlive it.
class ReleaseShelf {
 public:
  // The identity's root is pinned; that of another enrolment is forgotten, with all that it vouched
  // for.
  ReleaseShelf(const offline_cache::DataFolder& folder, const sync::Identity& identity,
               LogQueue& log);
  ~ReleaseShelf();

  // The newest generation on disk that is whole and not pinned; damaged ones are set aside, and one
  // that has failed three starts is pinned. Null when there is none.
  std::unique_ptr<rules::CompiledRuleSet> load_newest(const rules::LaneScope& scope);
  // See StartGuard.
  void watch_use(uint64_t tried_version, uint64_t proven_version, int64_t now_ms) {
    guard_.watch(tried_version, proven_version, now_ms);
  }
  void end_use() { guard_.end(); }

  // Releases that are not used any more because starts with them failed.
  const std::vector<offline_cache::PinnedRelease>& pinned() const { return pinned_; }
  void lift_pins();
  // All that is on disk is pinned: the lane must not prompt.
  bool has_only_pinned() const { return generation_ == 0 && !pinned_.empty(); }

  struct Update {
    sync::Failure failure;
    std::unique_ptr<rules::CompiledRuleSet> rules;  // null: nothing new, or a failure
  };
  // One update cycle: metadata, and the newest release if it is not the one on disk.
  Update update(sync::Fetcher& fetcher, const rules::LaneScope& scope, int64_t system_time_s);

  uint64_t version() const { return version_; }  // on disk; 0: none
  // Nothing new can be trusted until HQ signs again; the rules on disk go on.
  bool is_stale(int64_t system_time_s) const;
  // The clock is before what the lane has seen signed, or years past it.
  bool is_clock_suspect(int64_t system_time_s) const;

 private:
  // Brings the release onto the disk and into update.rules, or says why not.
  void take(sync::tuf::Client& client, const sync::Release& release, const rules::LaneScope& scope,
            Update& update);
  bool is_pinned(uint64_t version) const;
  void pin(uint64_t generation, uint64_t version);
  void forget_other_publisher();
  int64_t trusted_now_s(int64_t system_time_s) const;
  void note_trust(int64_t signed_at_s, int64_t expires_s);

  const offline_cache::DataFolder& folder_;
  const std::string root_json_;
  LogQueue& log_;
  offline_cache::TrustStore trust_;
  offline_cache::RulesFiles files_;
  int64_t trusted_time_s_ = 0;       // as in trust_
  int64_t timestamp_expires_s_ = 0;  // as in trust_; 0: no release yet
  bool is_new_publisher_ = false;
  uint64_t version_ = 0;
  uint64_t generation_ = 0;                           // whose rules are in use; 0: none
  std::vector<offline_cache::PinnedRelease> pinned_;  // as in trust_
  StartGuard guard_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_SHELF_H_

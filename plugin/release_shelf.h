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
#include "rules/compiled_rules.h"
#include "rules/lane_scope.h"
#include "sync/fetcher.h"
#include "sync/identity.h"
#include "sync/problem.h"

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

  // The newest generation on disk that is whole and not known to be bad; damaged ones are set
  // aside. Null when there is none.
  std::unique_ptr<rules::CompiledRuleSet> load_newest(const rules::LaneScope& scope);
  // An event was answered with what load_newest() or update() gave: it did no harm.
  void confirm_start();

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
  class Receiver;
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
  uint64_t unconfirmed_generation_ = 0;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_SHELF_H_

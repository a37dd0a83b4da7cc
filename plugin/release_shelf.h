#ifndef XSELL_PLUGIN_RELEASE_SHELF_H_
#define XSELL_PLUGIN_RELEASE_SHELF_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline_cache/rules_file.h"
#include "plugin/lane_trust.h"
#include "plugin/log_queue.h"
#include "plugin/start_guard.h"
#include "rules/compiled_rules.h"
#include "rules/index_image.h"
#include "rules/lane_scope.h"
#include "rules/release_records.h"
#include "sync/fetcher.h"
#include "sync/problem.h"
#include "sync/release.h"

namespace xsell::plugin {

enum class ReleaseOrigin : uint8_t { kNone, kDisk, kHq, kFolder };

std::string_view name_of(ReleaseOrigin source);

// The releases a lane has: the rule sets on its disk, and the update cycle that brings a newer one.
// Threads: one at a time. Fails: the constructor throws StorageError; all else by value. Requires:
// the folder and the log outlive it.
class ReleaseShelf {
 public:
  ReleaseShelf(const offline_cache::DataFolder& folder, const sync::Identity& identity,
               LogQueue& log);
  ~ReleaseShelf();

  const LaneTrust& trust() const { return trust_; }

  // The newest generation on disk that is whole and not pinned; damaged ones are set aside, and one
  // that has failed three starts is pinned. Null when there is none.
  std::unique_ptr<rules::CompiledRuleSet> load_newest(const rules::LaneScope& scope,
                                                      const Moment& now);
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

  // The rules in use once more, without what must not be shown now: when time has made the release
  // too old. Null when nothing has changed since they were compiled.
  std::unique_ptr<rules::CompiledRuleSet> refilter(const rules::LaneScope& scope,
                                                   const Moment& now);

  struct Cycle {
    sync::Fetcher& fetcher;
    ReleaseOrigin source = ReleaseOrigin::kHq;
    Moment now;
    // Called at once when HQ has switched rules off: what is shown may be among them, and making
    // the rules anew takes a moment.
    std::function<void()> on_kill = [] {};
  };
  struct Update {
    sync::Failure failure;
    std::unique_ptr<rules::CompiledRuleSet> rules;  // null: nothing new, or a failure
  };
  // One update cycle: metadata, and the newest release that this lane may take if it is newer than
  // the one on disk.
  Update update(const Cycle& cycle, const rules::LaneScope& scope);

  // Writes down beside the generation what reading and compiling it have made, so that the next
  // start and the next delta need not make it again. Left for when the rules have been handed over;
  // done at the latest when the shelf goes. Then reads the lines that compiling has not read: when
  // one is damaged, the next cycle fetches the release whole; its rules, made of what was whole,
  // stay in use meanwhile.
  void save();

  uint64_t version() const { return version_; }  // on disk; 0: none
  ReleaseOrigin source() const { return source_; }
  uint64_t updates_by_delta() const { return updates_by_delta_; }
  uint64_t updates_by_bundle() const { return updates_by_bundle_; }
  // HQ answers and is believed, but what it signed last is older than twice its interval.
  bool is_head_frozen() const { return is_head_frozen_; }

  // What the last cycle suffered from, until one goes well.
  struct Trouble {
    sync::Failure failure;
    int64_t at_s = 0;
    uint64_t version = 0;  // of the release that could not be taken; 0: it did not come that far
  };
  const std::optional<Trouble>& trouble() const { return trouble_; }

 private:
  // Brings the release onto the disk and into update.rules, or says why not.
  void take(sync::tuf::Client& client, const sync::Release& release, const rules::LaneScope& scope,
            const Moment& now, Update& update);
  // The newest release that is neither pinned nor held back for this store.
  std::optional<sync::Release> wanted(const sync::tuf::Targets& targets,
                                      const rules::LaneScope& scope) const;
  std::unique_ptr<rules::CompiledRuleSet> read_generation(uint64_t generation,
                                                          const rules::LaneScope& scope,
                                                          const Moment& now);
  // Without what must not be shown now. Throws sync::tuf::Error for a line that it refuses.
  std::unique_ptr<rules::CompiledRuleSet> compile(const offline_cache::RulesFileHeader& header,
                                                  const offline_cache::RulesFileLines& lines,
                                                  const rules::LaneScope& scope, const Moment& now);
  // Notes what these rules were compiled for, and what of them is to be saved.
  void keep(const offline_cache::RulesFileHeader& header, const rules::CompiledRuleSet& rules,
            const rules::LaneScope& scope, const Moment& now);
  void write_unsaved();
  void check_lines(uint64_t generation);
  // What was saved, if it still fits.
  std::unique_ptr<rules::CompiledRuleSet> read_image(const offline_cache::RulesFileHeader& header,
                                                     const rules::LaneScope& scope,
                                                     const Moment& now);
  void watch_head(const Cycle& cycle, bool is_verified);
  bool is_pinned(uint64_t version) const;
  void pin(uint64_t generation, uint64_t version);

  const offline_cache::DataFolder& folder_;
  LogQueue& log_;
  LaneTrust trust_;
  offline_cache::RulesFiles files_;
  StartGuard guard_;
  std::vector<offline_cache::PinnedRelease> pinned_;  // as in trust_
  struct Unsaved {
    offline_cache::RulesFileHeader header;
    std::string image_key;
    rules::ImageContent image;
    std::optional<rules::ReleaseRecords> records;
    bool has_unread_lines = false;
  };
  std::optional<rules::ReleaseRecords> new_records_;  // of what was compiled last; not on disk
  bool has_unread_lines_ = false;                     // what was compiled last
  std::optional<Unsaved> unsaved_;
  uint64_t version_ = 0;
  uint64_t generation_ = 0;           // whose rules are in use; 0: none
  bool is_damaged_ = false;           // that generation, in lines that were not needed
  rules::StalenessPolicy staleness_;  // of those rules
  bool is_past_staleness_ = false;    // when they were compiled
  ReleaseOrigin source_ = ReleaseOrigin::kNone;
  uint64_t updates_by_delta_ = 0;
  uint64_t updates_by_bundle_ = 0;
  bool is_head_frozen_ = false;
  std::optional<Trouble> trouble_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_SHELF_H_

#ifndef XSELL_OFFLINE_CACHE_TRUST_STORE_H_
#define XSELL_OFFLINE_CACHE_TRUST_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline_cache/data_folder.h"

namespace xsell::offline_cache {

// A release that was set aside because the lane did not come through its starts with it.
struct PinnedRelease {
  uint64_t version = 0;
  std::string reason;
  std::string plugin_version;  // that failed with it: another one may do better
  int64_t since_s = 0;
};

// trust.db: what the lane believes about its publisher. Metadata bytes by name, the last time it
// could trust, the kill state and the releases that failed to start. A checked copy
// (trust.db.copy) lies beside it. Threads: one at a time. Fails: throws StorageError. Requires: the
// DataFolder outlives it.
class TrustStore {
 public:
  enum class Opened {
    kNew,       // nothing was there
    kWhole,     // as it was left
    kFromCopy,  // the file was damaged; its copy was taken
    kLost,      // file and copy were damaged: start again from the enrolled root
  };

  explicit TrustStore(const DataFolder& folder);
  ~TrustStore();

  Opened opened() const { return opened_; }

  std::optional<std::string> load(std::string_view name) const;
  void save(std::string_view name, std::string_view bytes);
  void erase(std::string_view name);

  // Seconds since 1970; only ever grows.
  int64_t last_trusted_time_s() const;
  void advance_trusted_time(int64_t time_s);

  std::optional<std::string> kill_state() const;
  void set_kill_state(std::string_view document);
  void clear_kill_state();

  // Releases that the lane must not use again, by version.
  std::vector<PinnedRelease> pinned() const;
  void pin(const PinnedRelease& release);
  void lift_pins();

  // Starts of a rules file that did not come through; cleared by one that did.
  int count_start(uint64_t generation);
  void take_back_start(uint64_t generation);
  void clear_starts(uint64_t generation);

  // Brings the copy up to date: after each cycle that changed something. Nothing to do is cheap.
  void refresh_copy();

 private:
  struct Connection;
  std::string path_;
  std::string copy_path_;
  std::unique_ptr<Connection> connection_;
  Opened opened_ = Opened::kNew;
  bool is_copy_stale_ = false;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_TRUST_STORE_H_

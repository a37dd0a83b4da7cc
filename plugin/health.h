#ifndef XSELL_PLUGIN_HEALTH_H_
#define XSELL_PLUGIN_HEALTH_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/strict_json.h"
#include "xsell/ext/status.h"

namespace xsell::plugin {

// What the worker knows of the lane's health.
struct Health {
  xsell_health_state state = XSELL_HEALTH_STOPPED;
  xsell_connection connection = XSELL_CONNECTION_NONE;
  xsell_freshness freshness = XSELL_FRESHNESS_NONE;
  uint64_t ready_version = 0;
  uint64_t rule_count = 0;
  uint64_t skipped_rules = 0;
  uint64_t item_count = 0;
  int64_t last_contact_s = 0;
  uint64_t outcomes_pending = 0;
  uint64_t outcomes_dropped = 0;  // given up for want of room, since the data folder was made
  uint64_t outcomes_refused = 0;  // by HQ for good, likewise; kept as dead letters
  uint64_t log_lines_dropped = 0;
  std::string business_unit;
  std::string workstation;
  std::string message;
  int64_t head_signed_s = 0;
  std::string source = "none";
  uint64_t updates_by_delta = 0;  // since start
  uint64_t updates_by_bundle = 0;
  std::string last_error;  // of the last update; empty: it went well
  std::string last_error_detail;
  uint64_t last_error_version =
      0;  // of the release that was not taken; 0: it did not come that far
  int64_t last_error_s = 0;
  std::vector<uint64_t> pinned_versions;

  bool operator==(const Health&) const = default;
};

// Counted on the scan thread, read anywhere.
struct ScanCounters {
  std::atomic<uint64_t> rule_set_version{0};
  std::atomic<uint64_t> events{0};
  std::atomic<uint64_t> prompts{0};
  std::atomic<uint64_t> outcomes_lost{0};
};

// The lane's health, for everyone who asks.
// Threads: any; the lock is held for a copy only, never while the worker works.
class HealthBoard {
 public:
  void set(const Health& health);
  Health get() const;

  // Requires: out->struct_size is at least that of the first version.
  void write(xsell_health* out) const;
  // The same and more as a JSON document, for status.json and for HQ. `files` are those of the data
  // folder with their sizes.
  using Files = std::vector<std::pair<std::string, uint64_t>>;
  // silence: as SilenceLog tells it.
  std::string to_json(const std::string& plugin_version, int64_t now_s, const Files& files = {},
                      rules::JsonValue silence = rules::JsonValue::array()) const;

  ScanCounters& counters() { return counters_; }
  const ScanCounters& counters() const { return counters_; }

 private:
  mutable std::mutex mutex_;
  Health health_;
  ScanCounters counters_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_HEALTH_H_

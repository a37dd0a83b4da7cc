#ifndef XSELL_PLUGIN_SILENCE_LOG_H_
#define XSELL_PLUGIN_SILENCE_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/strict_json.h"

namespace xsell::plugin {

// How often each rule stayed silent, and why, for the rule set in use and the last ones before it:
// for the lane's status and for HQ. Counts only rise while a rule set is in use; a count's id tells
// one use of a rule set from the next, so that HQ can keep the highest of each and add them up.
// Threads: the worker's. Owns: copies.
class SilenceLog {
 public:
  static constexpr size_t kMaxRows = 150;  // of one rule set, those of the highest counts
  static constexpr size_t kMaxFormer = 3;

  explicit SilenceLog(std::function<uint64_t()> new_id) : new_id_(std::move(new_id)) {}

  // Call it at every tick, before rule sets that are no longer in use are freed. in_use may be
  // null.
  void watch(const rules::CompiledRuleSet* in_use);

  // [{"id", "version", "left_away", "rows": [["rule", "reason", count], ...]}, ...], that in use
  // first.
  rules::JsonValue to_json() const;

 private:
  struct Row {
    std::string rule;  // empty: of no rule in particular
    std::string reason;
    uint64_t count = 0;
  };
  struct Count {
    uint64_t id = 0;
    uint64_t version = 0;
    uint64_t left_away = 0;  // rows beyond the cap
    std::vector<Row> rows;   // highest first
  };

  static Count read(const rules::CompiledRuleSet& rules, uint64_t id);
  static rules::JsonValue to_json(const Count& count);

  const std::function<uint64_t()> new_id_;
  const rules::CompiledRuleSet* in_use_ = nullptr;
  uint64_t id_ = 0;
  std::vector<Count> former_;  // newest first
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_SILENCE_LOG_H_

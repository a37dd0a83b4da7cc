#ifndef XSELL_RULES_RELEASE_COMPILER_H_
#define XSELL_RULES_RELEASE_COMPILER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/compiled_rules.h"
#include "rules/release_lines.h"
#include "rules/release_records.h"
#include "rules/rule_record.h"

namespace xsell::rules {

// What of a release this lane may show.
class ReleaseFilter {
 public:
  virtual ~ReleaseFilter() = default;
  virtual bool lets_rule(std::string_view rule_id, bool is_pinned) const = 0;
  virtual bool lets_promotion(std::string_view promotion) const = 0;
  virtual bool lets_mined() const = 0;
};

// Compiles a release from its lines by way of their records: the model of a large rule set would
// take many times the memory of what is made of it, and a line whose record is known need not be
// read. Gives what compile() makes of the same release. Threads: one at a time. Fails: by value;
// after a refusal the message says why.
class ReleaseCompiler {
 public:
  ReleaseCompiler() : recorder_(records_.parts) {}
  // With the records of another state of the release, from which these lines differ (sorted ids).
  ReleaseCompiler(ReleaseRecords known, std::vector<std::string> changed_ids)
      : records_(std::move(known)),
        has_known_(true),
        changed_ids_(std::move(changed_ids)),
        recorder_(records_.parts) {}

  ReleaseCompiler(const ReleaseCompiler&) = delete;
  ReleaseCompiler& operator=(const ReleaseCompiler&) = delete;

  // A line without a record, or one that differs from its record. Those of a kind in the order of
  // their ids.
  LineResult add(std::string_view id, std::string_view bytes);

  const std::string& message() const { return builder_.message(); }
  const Policy& policy() const { return builder_.policy(); }

  // Once, when all lines were added. What the filter does not let through counts as absent.
  std::unique_ptr<CompiledRuleSet> compile(const LaneScope& scope, std::uint64_t version,
                                           const ReleaseFilter& filter);
  // Of all lines, let through or not.
  ReleaseRecords take_records() { return std::move(records_); }

 private:
  RuleSetBuilder builder_;  // keeps what has no record
  ReleaseRecords records_;
  bool has_known_ = false;
  std::vector<std::string> changed_ids_;
  RecordLists added_;
  RuleRecorder recorder_;
  std::string packed_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RELEASE_COMPILER_H_

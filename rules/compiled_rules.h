// A rule set made ready for one lane: flat arrays that never change, and the engine's working
// memory, sized for them. Threads: compiled and freed off the scan thread (freeing a large one
// takes milliseconds). Between adopt and its return only the engine's thread may use it, but for
// silence(), rule_id() and report(), which any thread may read. Fails: compile never fails; what it
// cannot serve is left out and counted in report() and silence().
#ifndef XSELL_RULES_COMPILED_RULES_H_
#define XSELL_RULES_COMPILED_RULES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "rules/catalogue.h"
#include "rules/lane_scope.h"
#include "rules/model.h"
#include "rules/silence.h"

namespace xsell::rules {

struct RuleIndex;  // the flat arrays, rules/rule_index.h
struct Workspace;  // the engine's working memory, rules/workspace.h

inline constexpr std::string_view kMinedRuleId = "mined";

struct CompileReport {
  std::size_t rules_active = 0;
  std::size_t rules_unsupported = 0;  // uses what this version does not evaluate
  std::size_t rules_disabled = 0;
  std::size_t rules_other_lane = 0;
  std::size_t rules_without_target = 0;
  std::size_t pairs = 0;
  std::size_t items = 0;
  std::size_t index_bytes = 0;
};

// A rule, or one of its offers, that was left out for good.
struct CompileDrop {
  std::uint32_t rule;     // index in the order of ids, or kMinedRule
  std::uint32_t ordinal;  // which of its offers; 0 when it is the rule as a whole
  DropReason reason;
};

class CompiledRuleSet {
 public:
  CompiledRuleSet(std::shared_ptr<const RuleIndex> index, std::unique_ptr<Workspace> workspace,
                  std::unique_ptr<SilenceCounters> silence, CompileReport report);
  ~CompiledRuleSet();
  CompiledRuleSet(const CompiledRuleSet&) = delete;
  CompiledRuleSet& operator=(const CompiledRuleSet&) = delete;

  std::uint64_t version() const;
  const StalenessPolicy& staleness() const;
  const CompileReport& report() const { return report_; }
  const SilenceCounters& silence() const { return *silence_; }
  // "mined" for kMinedRule, empty for kNoRule.
  std::string rule_id(std::uint32_t rule) const;

  // Never changes, so that it may be written down while an engine uses the rules.
  std::shared_ptr<const RuleIndex> shared_index() const { return index_; }

  // For the engine.
  const RuleIndex& index() const { return *index_; }
  Workspace& workspace() { return *workspace_; }
  SilenceCounters& counters() { return *silence_; }

 private:
  std::shared_ptr<const RuleIndex> index_;
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<SilenceCounters> silence_;
  CompileReport report_;
};

// version: the release's, 0 for a local file. Requires: rule_set and catalogue in order (as read or
// built). drops, when given, gets all that was left out.
std::unique_ptr<CompiledRuleSet> compile(RuleSet&& rule_set, Catalogue&& catalogue,
                                         const LaneScope& scope, std::uint64_t version = 0,
                                         std::vector<CompileDrop>* drops = nullptr);

}  // namespace xsell::rules

#endif  // XSELL_RULES_COMPILED_RULES_H_

#include "rules/compiled_rules.h"

#include "rules/prompt_text.h"
#include "rules/rule_compiler.h"
#include "rules/rule_index.h"
#include "rules/workspace.h"

namespace xsell::rules {

CompiledRuleSet::CompiledRuleSet(std::shared_ptr<const RuleIndex> index,
                                 std::unique_ptr<Workspace> workspace,
                                 std::unique_ptr<SilenceCounters> silence, CompileReport report)
    : index_(std::move(index)),
      workspace_(std::move(workspace)),
      silence_(std::move(silence)),
      report_(report) {}

CompiledRuleSet::~CompiledRuleSet() = default;

std::uint64_t CompiledRuleSet::version() const { return index_->version; }

const StalenessPolicy& CompiledRuleSet::staleness() const { return index_->policy.staleness; }

std::string CompiledRuleSet::rule_id(std::uint32_t rule) const {
  return std::string(rule_id_of(*index_, rule).view());
}

std::unique_ptr<CompiledRuleSet> compile(RuleSet&& rule_set, Catalogue&& catalogue,
                                         const LaneScope& scope, std::uint64_t version,
                                         std::vector<CompileDrop>* drops) {
  // Taken over, so that the model's memory is gone when the flat arrays are done.
  const RuleSet rules = std::move(rule_set);
  const Catalogue items = std::move(catalogue);
  TextTable parts;
  RuleRecorder recorder(parts);
  RuleCompiler compiler(rules.policy, rules.item_sets, items, scope, version, parts);
  compiler.reserve(rules.rules.size());
  for (const Rule& rule : rules.rules) compiler.add(recorder.record(rule));
  for (const MinedPair& pair : rules.pairs) compiler.add(pair);
  if (drops != nullptr) *drops = compiler.drops();
  return compiler.finish();
}

}  // namespace xsell::rules

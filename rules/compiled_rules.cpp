#include "rules/compiled_rules.h"

#include "rules/rule_compiler.h"
#include "rules/rule_index.h"
#include "rules/workspace.h"

namespace xsell::rules {

CompiledRuleSet::CompiledRuleSet(std::unique_ptr<const RuleIndex> index,
                                 std::unique_ptr<Workspace> workspace,
                                 std::unique_ptr<SilenceCounters> silence, CompileReport report)
    : index_(std::move(index)),
      workspace_(std::move(workspace)),
      silence_(std::move(silence)),
      report_(report) {}

CompiledRuleSet::~CompiledRuleSet() = default;

std::uint64_t CompiledRuleSet::version() const { return index_->version; }

std::string_view CompiledRuleSet::rule_id(std::uint32_t rule) const {
  if (rule == kMinedRule) return kMinedRuleId;
  if (rule >= index_->rules.size()) return {};
  return index_->names.text(index_->rules[rule].rule_id);
}

std::unique_ptr<CompiledRuleSet> compile(RuleSet&& rule_set, Catalogue&& catalogue,
                                         const LaneScope& scope, std::uint64_t version) {
  // Taken over, so that the model's memory is gone when the flat arrays are done.
  const RuleSet rules = std::move(rule_set);
  const Catalogue items = std::move(catalogue);
  RuleCompiler compiler(rules, items, scope, version);
  compiler.run();
  auto silence = std::make_unique<SilenceCounters>(rules.rules.size());
  for (const auto& [rule, reason] : compiler.drops()) silence->add(rule, reason);
  auto index = std::make_unique<const RuleIndex>(std::move(compiler.index()));
  auto workspace = std::make_unique<Workspace>(*index);
  return std::make_unique<CompiledRuleSet>(std::move(index), std::move(workspace),
                                           std::move(silence), compiler.report());
}

}  // namespace xsell::rules

#include "rules/release_compiler.h"

#include "rules/rule_compiler.h"

namespace xsell::rules {

ReleaseCompiler::ReleaseCompiler(const LaneScope& scope, std::uint64_t version)
    : scope_(scope), version_(version) {}

ReleaseCompiler::~ReleaseCompiler() = default;

LineResult ReleaseCompiler::add(std::string_view bytes) { return builder_.add(bytes); }

const Policy& ReleaseCompiler::begin_rules(std::size_t rule_count) {
  frame_ = builder_.take_rule_set();
  catalogue_ = builder_.take_catalogue();
  compiler_ =
      std::make_unique<RuleCompiler>(frame_.policy, frame_.item_sets, catalogue_, scope_, version_);
  compiler_->reserve(rule_count);
  return frame_.policy;
}

LineResult ReleaseCompiler::add_rule(std::string_view bytes,
                                     const std::function<bool(const Rule&)>& is_wanted) {
  const LineResult result = builder_.add(bytes);
  builder_.drain_rules([&](const Rule& rule) {
    if (is_wanted(rule)) compiler_->add(rule);
  });
  return result;
}

std::unique_ptr<CompiledRuleSet> ReleaseCompiler::finish() {
  for (const MinedPair& pair : builder_.take_rule_set().pairs) compiler_->add(pair);
  return compiler_->finish();
}

}  // namespace xsell::rules

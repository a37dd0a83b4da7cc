#ifndef XSELL_PLUGIN_RELEASE_COMPILE_H_
#define XSELL_PLUGIN_RELEASE_COMPILE_H_

#include <functional>
#include <memory>

#include "offline_cache/rules_file.h"
#include "plugin/rule_filter.h"
#include "rules/compiled_rules.h"

namespace xsell::plugin {

// Decides what of a release may be shown, once its policy is known.
using MakeFilter = std::function<RuleFilter(const rules::Policy&)>;

// The lines of a rules file as the engine uses them. Threads: any. Fails: throws sync::tuf::Error
// (refused content) for a line that this version does not take, StorageError.
std::unique_ptr<rules::CompiledRuleSet> compile_release(
    const offline_cache::RulesFileHeader& header, const offline_cache::RulesFileLines& lines,
    const rules::LaneScope& scope, const MakeFilter& make_filter);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_COMPILE_H_

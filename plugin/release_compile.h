#ifndef XSELL_PLUGIN_RELEASE_COMPILE_H_
#define XSELL_PLUGIN_RELEASE_COMPILE_H_

#include <functional>
#include <memory>
#include <optional>

#include "offline_cache/rules_file.h"
#include "plugin/rule_filter.h"
#include "rules/compiled_rules.h"
#include "rules/release_records.h"

namespace xsell::plugin {

// Decides what of a release may be shown, once its policy is known.
using MakeFilter = std::function<RuleFilter(const rules::Policy&)>;

// The lines of a rules file as the engine uses them. `records`: of the lines before the changes
// that the lines tell of, or, if they tell of none, of these lines; then only what has no record is
// read. Nothing: all are read. Afterwards those of these lines. Threads: any. Fails: throws
// sync::tuf::Error (refused content) for a line that this version does not take, StorageError.
std::unique_ptr<rules::CompiledRuleSet> compile_release(
    const offline_cache::RulesFileHeader& header, const offline_cache::RulesFileLines& lines,
    const rules::LaneScope& scope, const MakeFilter& make_filter,
    std::optional<rules::ReleaseRecords>& records);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_COMPILE_H_

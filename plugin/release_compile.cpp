#include "plugin/release_compile.h"

#include <string>

#include "rules/release_compiler.h"
#include "sync/tuf_error.h"

namespace xsell::plugin {

std::unique_ptr<rules::CompiledRuleSet> compile_release(
    const offline_cache::RulesFileHeader& header, const offline_cache::RulesFileLines& lines,
    const rules::LaneScope& scope, const MakeFilter& make_filter) {
  rules::ReleaseCompiler compiler(scope, header.version);
  const auto read = [&](std::string_view kind, auto add) {
    lines.read(kind, [&](std::string_view id, std::string_view bytes) {
      if (add(bytes) == rules::LineResult::refused) {
        throw sync::tuf::Error(sync::Problem::kRefused,
                               "line " + std::string(id) + ": " + compiler.message());
      }
    });
  };
  for (const std::string_view kind : {"policy", "category/", "item/", "set/"}) {
    read(kind, [&](std::string_view bytes) { return compiler.add(bytes); });
  }
  const RuleFilter filter = make_filter(compiler.begin_rules(header.line_count));
  const auto is_wanted = [&](const rules::Rule& rule) { return filter.lets(rule); };
  read("rule/", [&](std::string_view bytes) { return compiler.add_rule(bytes, is_wanted); });
  if (filter.lets_mined()) {
    read("pair/", [&](std::string_view bytes) { return compiler.add_pair(bytes); });
  }
  return compiler.finish();
}

}  // namespace xsell::plugin

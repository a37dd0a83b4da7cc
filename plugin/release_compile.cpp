#include "plugin/release_compile.h"

#include <string>
#include <utility>
#include <vector>

#include "rules/release_compiler.h"
#include "sync/tuf_error.h"

namespace xsell::plugin {

std::unique_ptr<rules::CompiledRuleSet> compile_release(
    const offline_cache::RulesFileHeader& header, const offline_cache::RulesFileLines& lines,
    const rules::LaneScope& scope, const MakeFilter& make_filter,
    std::optional<rules::ReleaseRecords>& records) {
  // Without the few lines that have no record and are read in any case.
  std::vector<std::string> changed;
  if (lines.changes() != nullptr) {
    for (const std::string& id : lines.changes()->ids) {
      if (rules::has_record(id)) changed.push_back(id);
    }
  }
  rules::ReleaseCompiler compiler =
      records ? rules::ReleaseCompiler(std::move(*records), changed) : rules::ReleaseCompiler();
  const auto add = [&](std::string_view id, std::string_view bytes) {
    if (compiler.add(id, bytes) == rules::LineResult::refused) {
      throw sync::tuf::Error(sync::Problem::kRefused,
                             "line " + std::string(id) + ": " + compiler.message());
    }
  };
  for (const std::string_view kind : {"policy", "set/"}) lines.read(kind, add);
  if (records) {
    lines.read(changed, add);
  } else {
    for (const std::string_view kind : rules::kRecordPrefixes) lines.read(kind, add);
  }
  auto compiled = compiler.compile(scope, header.version, make_filter(compiler.policy()));
  records = compiler.take_records();
  return compiled;
}

}  // namespace xsell::plugin

#include "hq/commands/lint.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "hq/rule_files.h"

namespace xsell::hq {
namespace {

Json to_json(const rules::Finding& finding) {
  return {{"severity", finding.severity == rules::Severity::error ? "error" : "warning"},
          {"file", finding.file},
          {"line", finding.line},
          {"column", finding.column},
          {"rule_id", finding.rule_id},
          {"field", finding.field},
          {"message", finding.message},
          {"mend", finding.mend}};
}

void run_lint(CommandSession& session, const std::vector<std::string>& paths) {
  session.require(Role::kViewer);
  const RuleFiles files = load_rule_files(paths, session.store());
  Json findings = Json::array();
  for (const rules::Finding& finding : files.findings) {
    session.output().text(rules::to_text(finding));
    findings.push_back(to_json(finding));
  }
  const auto errors = static_cast<std::size_t>(
      std::count_if(files.findings.begin(), files.findings.end(), [](const rules::Finding& finding) {
        return finding.severity == rules::Severity::error;
      }));
  const std::size_t warnings = files.findings.size() - errors;
  session.output().text(fmt::format("{} rules, {} mined pairs: {} errors, {} warnings.{}",
                                    files.rule_set.rules.size(), files.rule_set.pairs.size(),
                                    errors, warnings,
                                    errors > 0 ? " Errors stop a publish." : ""));
  session.output().json({{"rules", files.rule_set.rules.size()},
                         {"pairs", files.rule_set.pairs.size()},
                         {"errors", errors},
                         {"warnings", warnings},
                         {"findings", findings}});
  if (errors > 0) session.set_exit_code(kExitFailed);
}

}  // namespace

void register_lint(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "lint",
      "Check rules files as a publish would, against this HQ's items: what is wrong, where, and how to\n"
      "mend it. Exit 1 when there are errors.");
  auto paths = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *paths, "Rules files, authored or mined; they are checked together")
      ->required();
  command->callback([&session, paths] { run_lint(session, *paths); });
}

}  // namespace xsell::hq

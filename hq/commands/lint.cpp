#include "hq/commands/lint.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/findings_report.h"
#include "hq/rule_files.h"

namespace xsell::hq {
namespace {

void run_lint(CommandSession& session, const std::vector<std::string>& paths) {
  session.require(Role::kViewer);
  const RuleFiles files = load_rule_files(paths, session.store());
  const auto [errors, warnings, findings] = show_findings(session.output(), files.findings);
  session.output().text(fmt::format("{} rules, {} mined pairs: {} errors, {} warnings.{}",
                                    files.rule_set.rules.size(), files.rule_set.pairs.size(),
                                    errors, warnings, errors > 0 ? " Errors stop a publish." : ""));
  session.output().json({{"rules", files.rule_set.rules.size()},
                         {"pairs", files.rule_set.pairs.size()},
                         {"errors", errors},
                         {"warnings", warnings},
                         {"findings", findings}});
  if (errors > 0) session.set_exit_code(kExitFailed);
}

}  // namespace

void register_lint(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand("lint",
                                             "Check rules files as a publish would, against this "
                                             "HQ's items: what is wrong, where, and how to\n"
                                             "mend it. Exit 1 when there are errors.");
  auto paths = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *paths, "Rules files, authored or mined; they are checked together")
      ->required();
  command->callback([&session, paths] { run_lint(session, *paths); });
}

}  // namespace xsell::hq

#include "hq/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <ostream>

#include "hq/commands/alarm.h"
#include "hq/commands/approval.h"
#include "hq/commands/audit.h"
#include "hq/commands/control.h"
#include "hq/commands/enroll.h"
#include "hq/commands/evaluate.h"
#include "hq/commands/explain.h"
#include "hq/commands/import.h"
#include "hq/commands/init.h"
#include "hq/commands/keys.h"
#include "hq/commands/lint.h"
#include "hq/commands/mine.h"
#include "hq/commands/mirror.h"
#include "hq/commands/publish.h"
#include "hq/commands/release.h"
#include "hq/commands/replay.h"
#include "hq/commands/report.h"
#include "hq/commands/review.h"
#include "hq/commands/rollout.h"
#include "hq/commands/serve.h"
#include "hq/commands/silence.h"
#include "hq/commands/status.h"
#include "hq/commands/user.h"

namespace xsell::hq {
namespace {

void register_commands(CLI::App& program, CommandSession& session) {
  register_init(program, session);
  register_user(program, session);
  register_import(program, session);
  register_mine(program, session);
  register_evaluate(program, session);
  register_review(program, session);
  register_lint(program, session);
  register_explain(program, session);
  register_replay(program, session);
  register_publish(program, session);
  register_release(program, session);
  register_rollout(program, session);
  register_control(program, session);
  register_keys(program, session);
  register_approval(program, session);
  register_report(program, session);
  register_silence(program, session);
  register_status(program, session);
  register_enroll(program, session);
  register_mirror(program, session);
  register_serve(program, session);
  register_alarm(program, session);
  register_audit(program, session);
}

void report_error(Output& output, int code, const char* message) {
  output.warning(message);
  output.json({{"error", {{"exit_code", code}, {"message", message}}}});
}

}  // namespace

int run_program(std::vector<std::string> arguments, Output& output, Environment environment) {
  CommandSession session(output, std::move(environment));
  CLI::App program(
      "xsell-hq: the headquarters of xsell. Import baskets, find rules in them, sign and publish\n"
      "them to the lanes, and read what came of it.",
      "xsell-hq");
  program.set_version_flag("--version", XSELL_VERSION);
  program.require_subcommand(1);
  program.fallthrough();
  program.footer(
      "Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 not allowed.\n"
      "The acting user is known by the token in XSELL_HQ_TOKEN or --token-file.");
  program.add_option("--folder", session.folder_option,
                     "The HQ folder (else XSELL_HQ_FOLDER, else /var/lib/xsell-hq)");
  program.add_option("--token-file", session.token_file_option,
                     "File with the token of the acting user (else XSELL_HQ_TOKEN)");
  program.add_option("--passphrase-file", session.passphrase_file_option,
                     "File with the passphrase of encrypted keys on its first line (else\n"
                     "XSELL_KEY_PASSPHRASE, else the terminal)");
  program.add_flag_callback(
      "--json", [&output] { output.set_json(true); }, "Print one JSON document instead of text");
  register_commands(program, session);

  std::reverse(arguments.begin(), arguments.end());
  try {
    program.parse(arguments);
    return session.exit_code();
  } catch (const CLI::ParseError& error) {
    const int code = program.exit(error, output.out(), output.err());
    return code == 0 ? kExitOk : kExitUsage;
  } catch (const UsageError& error) {
    report_error(output, kExitUsage, error.what());
    return kExitUsage;
  } catch (const NotAllowed& error) {
    report_error(output, kExitNotAllowed, error.what());
    return kExitNotAllowed;
  } catch (const std::exception& error) {
    report_error(output, kExitFailed, error.what());
    return kExitFailed;
  }
}

}  // namespace xsell::hq

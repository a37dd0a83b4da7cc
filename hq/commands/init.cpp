#include "hq/commands/init.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/audit.h"

namespace xsell::hq {
namespace {

struct InitOptions {
  std::string admin = "admin";
};

void run_init(CommandSession& session, const InitOptions& options) {
  const HqFolder folder = session.folder();
  if (folder.is_initialised()) {
    throw Refused(fmt::format("{} is an HQ folder already; nothing was changed",
                              folder.path().string()));
  }
  folder.create();
  HqStore store(folder.database().string());
  ::chmod(folder.database().c_str(), S_IRUSR | S_IWUSR);
  const std::string token = Users(store).add(options.admin, Role::kAdmin, session.now_s());
  Audit(store).record(session.now_s(), options.admin, "init", {{"admin", options.admin}});

  session.output().text(fmt::format("HQ folder {} is ready.", folder.path().string()));
  session.output().text(
      fmt::format("Token of the admin {}, shown this once:\n\n  export XSELL_HQ_TOKEN={}\n",
                  options.admin, token));
  session.output().text("Next: xsell-hq user add NAME --role author, then xsell-hq import --help");
  session.output().json(
      {{"folder", folder.path().string()}, {"admin", options.admin}, {"token", token}});
}

}  // namespace

void register_init(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "init",
      "Make a new HQ: its folder, database, signing keys and server certificate, and the first admin.\n"
      "Prints the admin's token once.");
  auto options = std::make_shared<InitOptions>();
  command->add_option("--admin", options->admin, "Name of the first admin")->capture_default_str();
  command->callback([&session, options] { run_init(session, *options); });
}

}  // namespace xsell::hq

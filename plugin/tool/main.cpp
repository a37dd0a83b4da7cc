#include <CLI/CLI.hpp>
#include <iostream>

#include "plugin/tool/commands.h"
#include "plugin/version.h"

namespace {

using namespace xsell::plugin;  // NOLINT: the program is made of it

int run(int argc, char** argv) {
  CLI::App app{"xsell: enrols and looks after the lane on this till.", "xsell"};
  app.set_version_flag("--version", std::string("xsell ") + kVersion);
  app.require_subcommand(1);
  HostSettings host;
  bool is_json = false;
  app.add_option("--config", host.config_file,
                 "Configuration file (default /etc/xsell/xsell.json)");
  app.add_option("--data-folder", host.data_folder, "Data folder, instead of the configured one");
  app.add_flag("--json", is_json, "Print JSON");
  app.fallthrough();

  std::string token;
  CLI::App* enroll = app.add_subcommand("enroll", "Register this lane at headquarters");
  enroll->add_option("TOKEN", token, "The one-time token from headquarters")->required();
  CLI::App* status = app.add_subcommand("status", "Show how the lane is");
  std::string folder;
  CLI::App* import =
      app.add_subcommand("import", "Take a release from a folder, without a network");
  import->add_option("FOLDER", folder, "The folder that xsell-hq export wrote")->required();
  CLI::App* unpin = app.add_subcommand(
      "unpin", "Try rule sets again that were set aside because the till ended with them");
  bool is_undone = false;
  CLI::App* off =
      app.add_subcommand("off", "Stop all prompts of this lane at once, without headquarters");
  off->add_flag("--undo", is_undone, "Let the lane prompt again");
  app.footer(
      "Exit codes: 0 done, 1 refused or failed, 2 wrong arguments, 3 (status) not prompting now.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? tool::kExitOk : tool::kExitUsage;
  }
  const ReadConfiguration read = read_configuration(host);
  tool::Context context{read.configuration, is_json, std::cout, std::cerr};
  if (!read.errors.empty()) return tool::fail(context, read.errors.front());
  if (enroll->parsed()) return tool::enroll(context, token);
  if (status->parsed()) return tool::status(context);
  if (import->parsed()) return tool::import(context, folder);
  if (unpin->parsed()) return tool::unpin(context);
  if (off->parsed()) return tool::switch_off(context, is_undone);
  return tool::kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "xsell: " << error.what() << "\n";
    return tool::kExitFailed;
  }
}

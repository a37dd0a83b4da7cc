#include "hq/commands/init.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "hq/audit.h"
#include "hq/publisher.h"
#include "hq/server_address.h"
#include "hq/tls_authority.h"
#include "sync/hq_endpoint.h"

namespace xsell::hq {
namespace {

struct InitOptions {
  std::string admin = "admin";
  std::vector<std::string> addresses;
  std::string url;
};

// The given names come first: lanes are sent to the first one unless --url says otherwise.
void make_certificate(const HqFolder& folder, HqStore& store, const InitOptions& options,
                      std::int64_t now_s) {
  std::vector<std::string> addresses = options.addresses;
  for (const std::string& address : TlsAuthority::default_addresses()) {
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  TlsAuthority(folder).create(addresses, now_s);
  if (!options.url.empty()) store.set_setting(kUrl, options.url);
}

void run_init(CommandSession& session, const InitOptions& options) {
  const HqFolder folder = session.folder();
  if (folder.is_initialised()) {
    throw Refused(
        fmt::format("{} is an HQ folder already; nothing was changed", folder.path().string()));
  }
  if (!options.url.empty() && !sync::parse_hq_url(options.url)) {
    throw UsageError(fmt::format("--url {}: lanes need https://NAME[:PORT]", options.url));
  }
  folder.create();
  HqStore store(folder.database().string());
  ::chmod(folder.database().c_str(), S_IRUSR | S_IWUSR);
  start_trust(folder, session.now_s());
  make_certificate(folder, store, options, session.now_s());
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
  CLI::App* command = program.add_subcommand("init",
                                             "Make a new HQ: its folder, database, signing keys "
                                             "and server certificate, and the first admin.\n"
                                             "Prints the admin's token once.");
  auto options = std::make_shared<InitOptions>();
  command->add_option("--admin", options->admin, "Name of the first admin")->capture_default_str();
  command->add_option(
      "--address", options->addresses,
      "Name or IP address by which lanes reach HQ; several may be given. The certificate also\n"
      "holds localhost and this machine's name");
  command->add_option("--url", options->url,
                      "How lanes reach HQ, if not by the first --address and the port served");
  command->callback([&session, options] { run_init(session, *options); });
}

}  // namespace xsell::hq

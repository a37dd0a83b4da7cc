#include "hq/commands/user.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/audit.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

struct UserOptions {
  std::string name;
  std::string role;
};

void run_add(CommandSession& session, const UserOptions& options) {
  const User& admin = session.require(Role::kAdmin);
  const Role role = role_from_name(options.role).value();
  const std::string token = Users(session.store()).add(options.name, role, session.now_s());
  Audit(session.store())
      .record(session.now_s(), admin.name, "user add",
              {{"name", options.name}, {"role", options.role}});
  session.output().text(fmt::format("User {} ({}) added. Token, shown this once:\n\n  {}",
                                    options.name, options.role, token));
  session.output().json({{"name", options.name}, {"role", options.role}, {"token", token}});
}

void run_remove(CommandSession& session, const UserOptions& options) {
  const User& admin = session.require(Role::kAdmin);
  Users(session.store()).remove(options.name);
  Audit(session.store())
      .record(session.now_s(), admin.name, "user remove", {{"name", options.name}});
  session.output().text(fmt::format("User {} removed; its token is void.", options.name));
  session.output().json({{"removed", options.name}});
}

void run_list(CommandSession& session) {
  session.require(Role::kViewer);
  Table table({{"USER"}, {"ROLE"}, {"SINCE (UTC)"}});
  Json users = Json::array();
  for (const User& user : Users(session.store()).list()) {
    const std::string since = format_time(user.created_at_s);
    table.add_row({user.name, std::string(role_name(user.role)), since});
    users.push_back({{"name", user.name}, {"role", role_name(user.role)}, {"since", since}});
  }
  session.output().table(table);
  session.output().json({{"users", users}});
}

}  // namespace

void register_user(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand("user", "Say who may use this HQ, and how far.");
  command->require_subcommand(1);
  auto options = std::make_shared<UserOptions>();

  CLI::App* add = command->add_subcommand("add",
                                          "Add a user and print the token once (needs admin).\n"
                                          "viewer looks; author imports, mines and writes rules; "
                                          "approver publishes and rolls back too;\n"
                                          "admin manages users and lanes too.");
  add->add_option("NAME", options->name, "Letters, digits, '.', '_', '-' or '@'")->required();
  add->add_option("--role", options->role, "viewer, author, approver or admin")
      ->required()
      ->check(CLI::IsMember({"viewer", "author", "approver", "admin"}));
  add->callback([&session, options] { run_add(session, *options); });

  CLI::App* list = command->add_subcommand("list", "Show all users and their roles.");
  list->callback([&session] { run_list(session); });

  CLI::App* remove =
      command->add_subcommand("remove", "Void a user's token at once (needs admin).");
  remove->add_option("NAME", options->name, "The user's name")->required();
  remove->callback([&session, options] { run_remove(session, *options); });
}

}  // namespace xsell::hq

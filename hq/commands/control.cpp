#include "hq/commands/control.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/control_desk.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

struct ControlOptions {
  bool is_all = false;
  std::string rule;
  std::string campaign;
  std::string plugin_version;
  std::string store_group;
  std::string reason;

  sync::Kill kill(std::int64_t now_s) const {
    sync::Kill kill{.reason = reason, .since_s = now_s};
    if (!rule.empty()) kill.scope = sync::KillScope::kRule;
    if (!campaign.empty()) kill.scope = sync::KillScope::kCampaign;
    if (!plugin_version.empty()) kill.scope = sync::KillScope::kPluginVersion;
    if (!store_group.empty()) kill.scope = sync::KillScope::kStoreGroup;
    kill.value = rule + campaign + plugin_version + store_group;  // only one of them is given
    return kill;
  }
};

void show(CommandSession& session, const sync::Control& control) {
  Table table({{"SWITCHED OFF"}, {"SINCE (UTC)"}, {"REASON", Table::Align::kLeft, 60}});
  Json kills = Json::array();
  for (const sync::Kill& kill : control.kills) {
    const std::string scope(sync::name_of(kill.scope));
    table.add_row({kill.value.empty() ? scope : scope + ' ' + kill.value, format_time(kill.since_s),
                   kill.reason});
    kills.push_back({{"scope", scope},
                     {"value", kill.value},
                     {"since", format_time(kill.since_s)},
                     {"reason", kill.reason}});
  }
  if (table.is_empty()) {
    session.output().text("Nothing is switched off.");
  } else {
    session.output().table(table);
  }
  session.output().json({{"switched_off", kills}});
}

ControlDesk desk_of(CommandSession& session) {
  return {session.store(), session.folder(), session.unlock({"control"})};
}

void add_scope_options(CLI::App& command, ControlOptions& options) {
  CLI::Option_group* scope = command.add_option_group("what");
  scope->add_flag("--all", options.is_all, "Every lane");
  scope->add_option("--rule", options.rule, "A rule by its id; 'mined' for all mined offers");
  scope->add_option("--campaign", options.campaign,
                    "All rules that offer a benefit of this promotion");
  scope->add_option("--plugin-version", options.plugin_version,
                    "Lanes that run this version of xsell");
  scope->add_option("--store-group", options.store_group, "Lanes of the stores of this group");
  scope->require_option(1);
}

}  // namespace

void register_control(CLI::App& program, CommandSession& session) {
  auto options = std::make_shared<ControlOptions>();
  CLI::App* control = program.add_subcommand(
      "control", "The kill switch: silence lanes or rules at once, without a release.");
  control->require_subcommand(1);

  CLI::App* disable = control->add_subcommand(
      "disable", "Switch off (needs approver). Lanes obey it from their next event on.");
  add_scope_options(*disable, *options);
  disable->add_option("--reason", options->reason, "Why; kept and shown")->required();
  disable->callback([&session, options] {
    const std::string user = session.require(Role::kApprover).name;
    const std::int64_t now_s = session.now_s();
    show(session, desk_of(session).disable(options->kill(now_s), user, now_s));
  });

  CLI::App* enable = control->add_subcommand("enable", "Switch on again (needs approver).");
  add_scope_options(*enable, *options);
  enable->callback([&session, options] {
    const std::string user = session.require(Role::kApprover).name;
    const std::int64_t now_s = session.now_s();
    show(session, desk_of(session).enable(options->kill(now_s), user, now_s));
  });

  CLI::App* list = control->add_subcommand("list", "Show what is switched off.");
  list->callback([&session] {
    session.require(Role::kViewer);
    show(session, desk_of(session).now());
  });
}

}  // namespace xsell::hq

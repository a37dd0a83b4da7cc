#include "hq/commands/alarm.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/alarm_store.h"
#include "hq/audit.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

struct ClearOptions {
  std::string kind;
  std::string subject;
};

void run_list(CommandSession& session) {
  session.require(Role::kViewer);
  Table table({{"ALARM"},
               {"SUBJECT"},
               {"LAST (UTC)"},
               {"TIMES", Table::Align::kRight},
               {"WHAT", Table::Align::kLeft, 100}});
  Json alarms = Json::array();
  for (const Alarm& alarm : AlarmStore(session.store()).all()) {
    table.add_row({alarm.kind, alarm.subject, format_time(alarm.last_at_s),
                   std::to_string(alarm.times), alarm.detail});
    alarms.push_back({{"kind", alarm.kind},
                      {"subject", alarm.subject},
                      {"first_at", format_time(alarm.first_at_s)},
                      {"last_at", format_time(alarm.last_at_s)},
                      {"times", alarm.times},
                      {"detail", alarm.detail}});
  }
  if (table.is_empty()) {
    session.output().text("No alarms.");
  } else {
    session.output().table(table);
  }
  session.output().json({{"alarms", alarms}});
}

void run_clear(CommandSession& session, const ClearOptions& options) {
  const User& user = session.require(Role::kAdmin);
  const std::int64_t cleared = AlarmStore(session.store()).clear(options.kind, options.subject);
  if (cleared == 0) throw Refused("there is no such alarm; see 'xsell-hq alarm list'");
  Audit(session.store())
      .record(session.now_s(), user.name, "alarm clear",
              {{"kind", options.kind}, {"subject", options.subject}, {"cleared", cleared}});
  session.output().text(fmt::format("{} cleared.", cleared));
  session.output().json({{"cleared", cleared}});
}

}  // namespace

void register_alarm(CLI::App& program, CommandSession& session) {
  CLI::App* alarm = program.add_subcommand("alarm", "What needs a person's eye.");
  alarm->require_subcommand(1);
  CLI::App* list = alarm->add_subcommand("list", "Show all alarms, the latest first.");
  list->callback([&session] { run_list(session); });
  auto options = std::make_shared<ClearOptions>();
  CLI::App* clear = alarm->add_subcommand("clear", "Take alarms off the list (needs admin).");
  clear->add_option("KIND", options->kind, "As listed")->required();
  clear->add_option("SUBJECT", options->subject, "As listed; else all of that kind");
  clear->callback([&session, options] { run_clear(session, *options); });
}

}  // namespace xsell::hq

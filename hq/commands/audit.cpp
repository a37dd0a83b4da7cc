#include "hq/commands/audit.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/audit.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

void run_audit(CommandSession& session, std::int64_t limit) {
  session.require(Role::kViewer);
  Table table({{"TIME (UTC)"}, {"USER"}, {"ACTION"}, {"DETAIL"}});
  Json entries = Json::array();
  for (const AuditEntry& entry : Audit(session.store()).latest(limit)) {
    table.add_row({format_time(entry.at_s), entry.user, entry.action, entry.detail});
    entries.push_back({{"entry", entry.entry},
                       {"at", format_time(entry.at_s)},
                       {"user", entry.user},
                       {"action", entry.action},
                       {"detail", Json::parse(entry.detail)}});
  }
  session.output().table(table);
  session.output().json({{"entries", entries}});
}

}  // namespace

void register_audit(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "audit", "Show who changed what and when, newest first. The trail is never changed or cut.");
  auto limit = std::make_shared<std::int64_t>(50);
  command->add_option("--limit", *limit, "How many entries")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->callback([&session, limit] { run_audit(session, *limit); });
}

}  // namespace xsell::hq

#include "hq/commands/silence.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/silence_store.h"

namespace xsell::hq {
namespace {

struct SilenceOptions {
  std::string rule;
  std::uint64_t version = 0;  // 0: all
  std::string store;
  std::size_t limit = 50;
};

void run_silence(CommandSession& session, const SilenceOptions& options) {
  session.require(Role::kViewer);
  SilenceFilter filter;
  if (!options.rule.empty()) filter.rule = options.rule;
  if (options.version != 0) filter.version = options.version;
  if (!options.store.empty()) filter.store = options.store;
  const std::vector<SilenceRow> rows = SilenceStore(session.store()).sums(filter);

  using Align = Table::Align;
  Table table({{"RULE"},
               {"REASON"},
               {"RELEASE", Align::kRight},
               {"TIMES", Align::kRight},
               {"LANES", Align::kRight}});
  Json json = Json::array();
  for (const SilenceRow& row : rows) {
    if (json.size() == options.limit) break;
    table.add_row({row.rule.empty() ? "(other rules)" : row.rule, row.reason,
                   std::to_string(row.version), std::to_string(row.count),
                   std::to_string(row.lanes)});
    json.push_back({{"rule", row.rule},
                    {"reason", row.reason},
                    {"release", row.version},
                    {"count", row.count},
                    {"lanes", row.lanes}});
  }
  if (rows.empty()) {
    session.output().text("No lane has told of silence that fits. Lanes tell once a minute.");
  } else {
    session.output().table(table);
    if (rows.size() > options.limit) {
      session.output().text(fmt::format("and {} more; see --limit", rows.size() - options.limit));
    }
  }
  session.output().json({{"silence", json}, {"rows", rows.size()}});
}

}  // namespace

void register_silence(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "silence",
      "Why was my rule silent? How often lanes left a rule unsaid, and for which reason.");
  auto options = std::make_shared<SilenceOptions>();
  command->add_option("--rule", options->rule, "Of this rule alone; \"mined\" for mined offers");
  command->add_option("--release", options->version, "With this release alone")
      ->check(CLI::PositiveNumber);
  command->add_option("--store", options->store, "At this store alone");
  command->add_option("--limit", options->limit, "Rows to show")->capture_default_str();
  command->callback([&session, options] { run_silence(session, *options); });
}

}  // namespace xsell::hq

#include "hq/commands/release.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/audit.h"
#include "hq/local_time.h"
#include "hq/publisher.h"
#include "hq/trust_state.h"

namespace xsell::hq {
namespace {

struct ExportOptions {
  std::string destination;
  int valid_days = 14;
};

std::string origin(const ReleaseEntry& release) {
  if (!release.restores) return release.note;
  const std::string text = fmt::format("as version {}", *release.restores);
  return release.note.empty() ? text : text + ": " + release.note;
}

void run_list(CommandSession& session) {
  session.require(Role::kViewer);
  using Align = Table::Align;
  Table table({{"VERSION", Align::kRight},
               {"PUBLISHED (UTC)"},
               {"BY"},
               {"LINES", Align::kRight},
               {"CONTENT"},
               {"NOTE", Align::kLeft, 60}});
  Json releases = Json::array();
  for (const ReleaseEntry& release : ReleaseLog(session.store()).newest_first()) {
    const std::string published = format_time(release.published_at_s);
    table.add_row({std::to_string(release.version), published, release.published_by,
                   std::to_string(release.line_count), release.state_hash.substr(0, 12),
                   origin(release)});
    Json json = {{"version", release.version},
                 {"published", published},
                 {"by", release.published_by},
                 {"lines", release.line_count},
                 {"state_hash", release.state_hash},
                 {"spread_s", release.spread_s},
                 {"note", release.note}};
    if (release.restores) json["restores"] = *release.restores;
    releases.push_back(std::move(json));
  }
  if (table.is_empty()) {
    session.output().text("Nothing is published yet. Next: xsell-hq publish FILE");
  } else {
    session.output().table(table);
  }
  session.output().json({{"releases", releases}});
}

void run_export(CommandSession& session, const ExportOptions& options) {
  const std::string user = session.require(Role::kAuthor).name;
  const HqFolder folder = session.folder();
  const auto release = published_release(folder);
  if (!release) throw Refused("nothing is published yet; see 'xsell-hq publish --help'");
  const auto versions =
      Publisher(session.store(), folder)
          .export_to(options.destination, options.valid_days * kSecondsPerDay, session.now_s());
  const std::string until = format_date(session.now_s() + options.valid_days * kSecondsPerDay);
  Audit(session.store())
      .record(session.now_s(), user, "export",
              {{"version", release->version}, {"folder", options.destination}, {"until", until}});
  session.output().text(fmt::format(
      "Version {} is in {}. Lanes accept it until {}.\nNext, at the lane: xsell import FOLDER",
      release->version, options.destination, until));
  session.output().json({{"version", release->version},
                         {"folder", options.destination},
                         {"valid_until", until},
                         {"timestamp_version", versions.timestamp}});
}

void run_timestamp(CommandSession& session) {
  session.require(Role::kViewer);
  const auto versions = resign_head(session.folder(), session.now_s());
  for (const std::string& warning : read_trust_state(session.folder(), session.now_s()).warnings) {
    session.output().warning(warning);
  }
  if (!versions) {
    session.output().text("Somebody else is signing right now; nothing is left to do.");
    session.output().json({{"signed", false}});
    return;
  }
  session.output().text(
      fmt::format("The head is signed anew (timestamp version {}).", versions->timestamp));
  session.output().json({{"signed", true},
                         {"timestamp_version", versions->timestamp},
                         {"snapshot_version", versions->snapshot},
                         {"targets_version", versions->targets}});
}

}  // namespace

void register_release(CLI::App& program, CommandSession& session) {
  CLI::App* release = program.add_subcommand("release", "What was published.");
  release->require_subcommand(1);
  CLI::App* list = release->add_subcommand("list", "Show all releases, the newest first.");
  list->callback([&session] { run_list(session); });

  auto options = std::make_shared<ExportOptions>();
  CLI::App* export_command =
      program.add_subcommand("export",
                             "Copy the present release to a folder or USB stick, for lanes without "
                             "a network (needs author).");
  export_command->add_option("FOLDER", options->destination, "Made if it is not there")->required();
  export_command->add_option("--valid-days", options->valid_days, "How long lanes accept the copy")
      ->check(CLI::Range(1, 60))
      ->capture_default_str();
  export_command->callback([&session, options] { run_export(session, *options); });

  CLI::App* timestamp = program.add_subcommand("timestamp",
                                               "Sign the head anew, so that lanes know it is still "
                                               "the newest. 'serve' does this hourly; static\n"
                                               "hosting needs it from cron at least once a day.");
  timestamp->callback([&session] { run_timestamp(session); });
}

}  // namespace xsell::hq

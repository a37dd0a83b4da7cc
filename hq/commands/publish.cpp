#include "hq/commands/publish.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "hq/alarm_store.h"
#include "hq/audit.h"
#include "hq/change_desk.h"
#include "hq/commands/replay.h"
#include "hq/findings_report.h"
#include "hq/fleet_store.h"
#include "hq/progress.h"
#include "hq/publisher.h"
#include "hq/rule_files.h"

namespace xsell::hq {
namespace {

struct PublishOptions {
  std::vector<std::string> paths;
  std::string reason;
  std::string override_gate;
  std::uint32_t spread_s = 0;
  bool is_staged = false;
  std::uint64_t to_version = 0;  // 0: the one before
};

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::uint64_t kib(std::uint64_t bytes) { return (bytes + 1023) / 1024; }

std::string describe_deltas(const Publication& publication) {
  if (publication.deltas.empty()) return {};
  return fmt::format(", or {} KB from the version before, {} deltas in all",
                     kib(publication.deltas.front().bytes), publication.deltas.size());
}

Json to_json(const Publication& publication, double seconds) {
  const ReleaseEntry& release = publication.release;
  Json deltas = Json::array();
  for (const auto& delta : publication.deltas) {
    deltas.push_back({{"name", delta.name}, {"bytes", delta.bytes}});
  }
  Json json = {{"version", release.version},
               {"lines", release.line_count},
               {"bundle_bytes", publication.bundle_bytes},
               {"deltas", deltas},
               {"state_hash", release.state_hash},
               {"spread_s", release.spread_s},
               {"timestamp_version", publication.metadata.timestamp},
               {"seconds", seconds}};
  if (release.restores) json["restores"] = *release.restores;
  json["pending"] = publication.is_pending;
  if (publication.is_pending) json["needed"] = describe(publication.needed);
  return json;
}

void show_pending(Output& output, const Publication& publication) {
  output.text(fmt::format(
      "Version {} is drafted and waits for approvals: {}.\nNext: xsell-hq approval export FILE",
      publication.release.version, describe(publication.needed)));
}

void run_publish(CommandSession& session, const PublishOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  const Stopwatch stopwatch;
  Output& output = session.output();

  const RuleFiles files = load_rule_files(options.paths, session.store());
  const FindingsReport report = show_findings(output, files.findings);
  const bool is_unexplained = report.warnings > 0 && options.reason.empty();
  if (report.errors > 0 || is_unexplained) {
    output.warning(fmt::format(
        "{} errors, {} warnings: nothing was published. {}", report.errors, report.warnings,
        report.errors > 0 ? "Mend the errors first."
                          : "Mend the warnings, or say with --reason why they do no harm."));
    output.json(
        {{"errors", report.errors}, {"warnings", report.warnings}, {"findings", report.findings}});
    session.set_exit_code(kExitFailed);
    return;
  }

  Json gate = nullptr;
  if (!passes_gate(session, files, user, options.override_gate, gate)) {
    output.json({{"gate", gate}});
    session.set_exit_code(kExitFailed);
    return;
  }
  const auto lines = rules::to_release_lines(files.rule_set, files.catalogue);
  Progress progress(output, "Publishing", lines.size(), "lines");
  const Publication publication =
      Publisher(session.store(), session.folder(), session.unlock({"targets"}))
          .publish(lines,
                   {.user = user,
                    .note = options.reason,
                    .spread_s = options.spread_s,
                    .is_staged = options.is_staged},
                   session.now_s(), progress);
  const double seconds = stopwatch.seconds();

  if (publication.is_pending) {
    show_pending(output, publication);
  } else {
    output.text(fmt::format(
        "Version {} is published: {} rules, {} mined pairs, {} items; {} KB{}, {:.2f} s.",
        publication.release.version, files.rule_set.rules.size(), files.rule_set.pairs.size(),
        files.catalogue.items.size(), kib(publication.bundle_bytes), describe_deltas(publication),
        seconds));
  }
  Json json = to_json(publication, seconds);
  json["rules"] = files.rule_set.rules.size();
  json["pairs"] = files.rule_set.pairs.size();
  json["items"] = files.catalogue.items.size();
  json["warnings"] = report.warnings;
  if (!gate.is_null()) json["gate"] = gate;
  output.json(json);
}

// The newest release with other content, older than the first one with the head's content: going
// back twice leads further back, not forth again.
const ReleaseEntry* find_release_before(const std::vector<ReleaseEntry>& newest_first) {
  const ReleaseEntry* found = nullptr;
  for (const ReleaseEntry& release : newest_first) {
    if (release.state_hash == newest_first.front().state_hash) {
      found = nullptr;
    } else if (found == nullptr) {
      found = &release;
    }
  }
  return found;
}

void run_rollback(CommandSession& session, const PublishOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  const Stopwatch stopwatch;
  Output& output = session.output();
  const auto releases = ReleaseLog(session.store()).newest_first();

  const ReleaseEntry* wanted = nullptr;
  if (options.to_version == 0) {
    if (!releases.empty()) wanted = find_release_before(releases);
    if (wanted == nullptr) throw Refused("there is no earlier release to go back to");
  } else {
    for (const ReleaseEntry& release : releases) {
      if (release.version == options.to_version) wanted = &release;
    }
    if (wanted == nullptr) {
      throw Refused(fmt::format("version {} was never published; see 'xsell-hq release list'",
                                options.to_version));
    }
  }

  Publisher publisher(session.store(), session.folder(), session.unlock({"targets"}));
  const auto lines = publisher.lines_of(*wanted);
  Progress progress(output, "Publishing", lines.size(), "lines");
  const Publication publication = publisher.publish(lines,
                                                    {.user = user,
                                                     .note = options.reason,
                                                     .spread_s = options.spread_s,
                                                     .restores = wanted->version},
                                                    session.now_s(), progress);
  const double seconds = stopwatch.seconds();
  if (publication.is_pending) {
    show_pending(output, publication);
  } else {
    output.text(
        fmt::format("Version {} is published; it is what version {} was ({} lines, {:.2f} s).",
                    publication.release.version, wanted->version, lines.size(), seconds));
  }
  output.json(to_json(publication, seconds));
}

void run_bump(CommandSession& session, const PublishOptions& options) {
  const std::string user = session.require(Role::kAdmin).name;
  Output& output = session.output();
  HqStore& store = session.store();
  const auto releases = ReleaseLog(store).newest_first();
  const std::uint64_t above = std::max(options.to_version, FleetStore(store).highest_version());
  Publisher publisher(store, session.folder(), session.unlock({"targets"}));
  publisher.leap(above, session.now_s());
  Audit(store).record(session.now_s(), user, "bump", {{"above", above}});
  AlarmStore(store).clear(kAlarmBehind, "");
  if (releases.empty()) {
    output.text(fmt::format("The next release gets a version over {}.", above));
    output.json({{"above", above}, {"version", nullptr}});
    return;
  }
  const ReleaseEntry& head = releases.front();
  const auto lines = publisher.lines_of(head);
  Progress progress(output, "Publishing", lines.size(), "lines");
  const Publication publication = publisher.publish(lines,
                                                    {.user = user,
                                                     .note = "restored from a backup",
                                                     .spread_s = options.spread_s,
                                                     .restores = head.version},
                                                    session.now_s(), progress);
  if (publication.is_pending) {
    show_pending(output, publication);
  } else {
    output.text(
        fmt::format("Version {} is published; it is what version {} was. Lanes had up to {}.",
                    publication.release.version, head.version, above));
  }
  output.json({{"above", above},
               {"pending", publication.is_pending},
               {"version", publication.release.version},
               {"restores", head.version},
               {"timestamp_version", publication.metadata.timestamp}});
}

}  // namespace

void register_publish(CLI::App& program, CommandSession& session) {
  auto options = std::make_shared<PublishOptions>();
  CLI::App* publish = program.add_subcommand(
      "publish",
      "Check rules files, sign them together with this HQ's items as the next version, and put it "
      "out\n"
      "to the lanes (needs approver). Errors stop it; warnings need a --reason.");
  publish->add_option("FILE", options->paths, "Rules files, authored or mined")->required();
  publish->add_option("--reason", options->reason,
                      "Why the warnings do no harm; kept with the release");
  publish->add_option("--override-gate", options->override_gate,
                      "Why it is published though the gate forbids it; kept in the audit trail");
  publish
      ->add_option("--spread", options->spread_s,
                   "Seconds over which lanes fetch it, each at its own moment; 0: at once")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  publish->add_flag(
      "--staged", options->is_staged,
      "Hold it back from all lanes until 'xsell-hq rollout' lets it go, ring by ring");
  publish->callback([&session, options] { run_publish(session, *options); });

  CLI::App* rollback = program.add_subcommand(
      "rollback",
      "Put the content of an earlier release out again, under a higher version (needs approver).");
  rollback->add_option("--to", options->to_version, "The version; else the last one that differs");
  rollback->add_option("--reason", options->reason, "Why; kept with the release");
  rollback->add_option("--spread", options->spread_s, "As for publish")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  rollback->callback([&session, options] { run_rollback(session, *options); });

  CLI::App* bump = program.add_subcommand(
      "bump",
      "After HQ came back from a backup: put the present rules out under a version over all that\n"
      "lanes have, with metadata that they take (needs admin).");
  bump->add_option("--above", options->to_version,
                   "Over this version too, if lanes have more than they could report yet");
  bump->add_option("--spread", options->spread_s, "As for publish")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  bump->callback([&session, options] { run_bump(session, *options); });
}

}  // namespace xsell::hq

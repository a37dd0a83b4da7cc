#include "hq/commands/rollout.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "hq/local_time.h"
#include "hq/rollout_desk.h"

namespace xsell::hq {
namespace {

struct RolloutOptions {
  std::vector<std::string> lab;
  RolloutLimits limits;
  double max_failures_percent = 2;
  std::optional<double> to_percent;
  std::string reason;
};

std::string describe_ring(const StagedRelease& release) {
  if (release.state == RolloutState::kWaiting) return "no store yet";
  std::string text = fmt::format("{}% of the stores", release.stores_bp / 100.0);
  if (!release.lab.empty()) text += fmt::format(" and {} in the lab", release.lab.size());
  return text;
}

Json to_json(const StagedRelease& release, const RolloutCount& count) {
  return {{"version", release.version},
          {"state", name_of(release.state)},
          {"stores_percent", release.stores_bp / 100.0},
          {"lab", release.lab},
          {"since", format_time(release.ring_since_s)},
          {"reason", release.reason},
          {"min_reports", release.limits.min_reports},
          {"max_failures_percent", release.limits.max_failures_bp / 100.0},
          {"waiting", count.waiting},
          {"good", count.good},
          {"failed", count.failed},
          {"silent", count.silent},
          {"troubled", count.troubled}};
}

void show(CommandSession& session, const StagedRelease& release) {
  const RolloutCount count =
      RolloutDesk(session.store(), session.folder()).count(release, session.now_s());
  Output& output = session.output();
  output.text(fmt::format("Version {} is {}: {}.{}", release.version, name_of(release.state),
                          describe_ring(release),
                          release.reason.empty() ? "" : " Because: " + release.reason));
  output.text(fmt::format("Lanes: {} well, {} failed, {} silent, {} not heard of yet.", count.good,
                          count.failed, count.silent, count.waiting));
  for (const std::string& trouble : count.troubled) output.text("  " + trouble);
  output.json(to_json(release, count));
}

RolloutDesk desk_of(CommandSession& session) {
  return {session.store(), session.folder(), session.unlock({"rollout"})};
}

void run_start(CommandSession& session, RolloutOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  options.limits.max_failures_bp =
      static_cast<std::uint32_t>(std::lround(options.max_failures_percent * 100));
  show(session, desk_of(session).start(options.lab, options.limits, user, session.now_s()));
}

void run_advance(CommandSession& session, const RolloutOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  std::optional<std::uint32_t> stores_bp;
  if (options.to_percent) {
    stores_bp = static_cast<std::uint32_t>(std::lround(*options.to_percent * 100));
  }
  show(session, desk_of(session).advance(stores_bp, user, session.now_s()));
}

void run_hold(CommandSession& session, const RolloutOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  show(session, desk_of(session).hold(options.reason, user, session.now_s()));
}

void run_resume(CommandSession& session) {
  const std::string user = session.require(Role::kApprover).name;
  show(session, desk_of(session).resume(user, session.now_s()));
}

void run_status(CommandSession& session) {
  session.require(Role::kViewer);
  show(session, desk_of(session).current());
}

void run_check(CommandSession& session) {
  session.require(Role::kApprover);
  RolloutDesk desk = desk_of(session);
  if (desk.check(session.now_s())) session.set_exit_code(kExitFailed);
  show(session, desk.current());
}

}  // namespace

void register_rollout(CLI::App& program, CommandSession& session) {
  auto options = std::make_shared<RolloutOptions>();
  CLI::App* rollout = program.add_subcommand(
      "rollout", "Let a release that was published with --staged reach the stores ring by ring.");
  rollout->require_subcommand(1);

  CLI::App* start = rollout->add_subcommand("start", "Open the first ring: the lab's stores.");
  start->add_option("--lab", options->lab, "Stores that take every staged release first")
      ->delimiter(',');
  start
      ->add_option("--min-reports", options->limits.min_reports,
                   "Lanes that must have been heard of before it halts by itself")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  start
      ->add_option("--max-failures", options->max_failures_percent,
                   "It halts when more than so many percent of the lanes failed or fell silent")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  start->callback([&session, options] { run_start(session, *options); });

  CLI::App* advance =
      rollout->add_subcommand("advance", "Open the next ring: 1%, 10%, 50%, 100% of the stores.");
  advance
      ->add_option("--to", options->to_percent, "Percent of the stores, in place of the next ring")
      ->check(CLI::Range(0.01, 100.0));
  advance->callback([&session, options] { run_advance(session, *options); });

  CLI::App* hold =
      rollout->add_subcommand("hold", "Let no further lane take it; those that have it keep it.");
  hold->add_option("--reason", options->reason, "Why")->required();
  hold->callback([&session, options] { run_hold(session, *options); });

  CLI::App* resume = rollout->add_subcommand("resume", "Go on where it was held or halted.");
  resume->callback([&session] { run_resume(session); });

  CLI::App* status =
      rollout->add_subcommand("status", "Show how far it is and how the lanes fare.");
  status->callback([&session] { run_status(session); });

  CLI::App* check = rollout->add_subcommand(
      "check",
      "Halt it if too many lanes failed. 'serve' does so every minute; exit code 1 when it halts.");
  check->callback([&session] { run_check(session); });
}

}  // namespace xsell::hq

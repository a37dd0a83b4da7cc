#include "hq/commands/status.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "hq/alarm_store.h"
#include "hq/fleet_store.h"
#include "hq/local_time.h"
#include "hq/trust_state.h"
#include "sync/release.h"
#include "sync/rollout.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {
namespace {

std::string age_text(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s ago", std::max<std::int64_t>(0, seconds));
  if (seconds < 7200) return fmt::format("{} min ago", seconds / 60);
  if (seconds < 2 * kSecondsPerDay) return fmt::format("{} h ago", seconds / 3600);
  return fmt::format("{} days ago", seconds / kSecondsPerDay);
}

// What is out, and what of it each store may take.
class Published {
 public:
  explicit Published(const HqFolder& folder) {
    const sync::tuf::RepositoryKeys no_keys;
    const sync::tuf::Repository repository(folder.tree(), no_keys);
    releases_ = sync::releases(repository.targets());
    const auto policy = repository.policy(sync::tuf::PolicyRole::kRollout);
    rollout_ = sync::parse_rollout(policy ? policy->json : "").value_or(sync::Rollout{});
  }

  std::optional<std::int64_t> newest() const {
    if (releases_.empty()) return std::nullopt;
    return static_cast<std::int64_t>(releases_.front().version);
  }
  // 0: nothing yet.
  std::int64_t of_store(const std::string& store) const {
    for (const sync::Release& release : releases_) {
      if (rollout_.lets(release.version, release.rollout_salt, store)) {
        return static_cast<std::int64_t>(release.version);
      }
    }
    return 0;
  }

 private:
  std::vector<sync::Release> releases_;
  sync::Rollout rollout_;
};

// What the lane says of itself, in one word where it has one.
std::string health_state(const Device& device) {
  if (device.revoked_at_s) return "revoked";
  if (device.quarantined_at_s) return "quarantined";
  if (device.health.empty()) return device.last_seen_at_s ? "no report yet" : "never seen";
  const Json report = Json::parse(device.health, nullptr, false);
  if (report.is_object() && report.contains("state") && report["state"].is_string()) {
    return report["state"].get<std::string>();
  }
  return "reported";
}

void run_status(CommandSession& session) {
  session.require(Role::kViewer);
  HqStore& store = session.store();
  const Published out(session.folder());
  const auto published = out.newest();
  Table table({{"STORE"},
               {"LANE"},
               {"DEVICE"},
               {"LAST SEEN"},
               {"RULES", Table::Align::kRight},
               {"XSELL"},
               {"HEALTH"}});
  Json lanes = Json::array();
  std::size_t behind = 0;
  for (const Device& device : FleetStore(store).devices()) {
    const bool is_behind =
        !device.revoked_at_s && device.rules_version.value_or(0) < out.of_store(device.store);
    if (is_behind) ++behind;
    const std::string rules_text =
        (device.rules_version ? std::to_string(*device.rules_version) : "-") +
        (is_behind ? " (behind)" : "");
    table.add_row({device.store, device.lane, device.device,
                   device.last_seen_at_s ? age_text(session.now_s() - *device.last_seen_at_s) : "-",
                   rules_text, device.plugin_version, health_state(device)});
    lanes.push_back(
        {{"store", device.store},
         {"lane", device.lane},
         {"device", device.device},
         {"enrolled_at", format_time(device.enrolled_at_s)},
         {"last_seen_at",
          device.last_seen_at_s ? Json(format_time(*device.last_seen_at_s)) : Json(nullptr)},
         {"rules_version", device.rules_version ? Json(*device.rules_version) : Json(nullptr)},
         {"is_behind", is_behind},
         {"plugin_version", device.plugin_version},
         {"state", health_state(device)},
         {"health",
          device.health.empty() ? Json(nullptr) : Json::parse(device.health, nullptr, false)}});
  }
  Output& output = session.output();
  output.text(published ? fmt::format("Published: version {}. {} of {} lanes are behind.",
                                      *published, behind, lanes.size())
                        : std::string("Nothing is published yet."));
  if (!table.is_empty()) output.table(table);
  const std::vector<Alarm> alarms = AlarmStore(store).all();
  for (const Alarm& alarm : alarms) {
    output.warning(fmt::format("ALARM {} ({}): {}", alarm.kind, alarm.subject, alarm.detail));
  }
  const std::vector<std::string> warnings =
      read_trust_state(session.folder(), session.now_s()).warnings;
  for (const std::string& warning : warnings) output.warning(warning);
  output.json({{"warnings", warnings},
               {"published_version", published ? Json(*published) : Json(nullptr)},
               {"behind", behind},
               {"alarms", alarms.size()},
               {"lanes", lanes}});
}

}  // namespace

void register_status(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "status",
      "Show the enrolled lanes: when each was last seen, its rules version and its health.");
  command->callback([&session] { run_status(session); });
}

}  // namespace xsell::hq

#include "hq/rollout_store.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using Json = nlohmann::json;

constexpr const char* kColumns =
    "version, salt, state, stores_bp, lab, ring_since, min_reports, max_failures_bp, reason";

constexpr std::array<std::pair<RolloutState, std::string_view>, 5> kStates = {
    {{RolloutState::kWaiting, "waiting"},
     {RolloutState::kRunning, "running"},
     {RolloutState::kHeld, "held"},
     {RolloutState::kHalted, "halted"},
     {RolloutState::kDone, "done"}}};

RolloutState state_of(std::string_view name) {
  const auto found = std::find_if(kStates.begin(), kStates.end(),
                                  [&](const auto& entry) { return entry.second == name; });
  return found == kStates.end() ? RolloutState::kHeld : found->first;
}

StagedRelease read_release(const Statement& row) {
  StagedRelease release;
  release.version = static_cast<std::uint64_t>(row.column_int64(0));
  release.salt = row.column_text(1);
  release.state = state_of(row.column_text(2));
  release.stores_bp = static_cast<std::uint32_t>(row.column_int64(3));
  release.lab = Json::parse(row.column_text(4)).get<std::vector<std::string>>();
  release.ring_since_s = row.column_int64(5);
  release.limits.min_reports = static_cast<std::uint32_t>(row.column_int64(6));
  release.limits.max_failures_bp = static_cast<std::uint32_t>(row.column_int64(7));
  release.reason = row.column_text(8);
  return release;
}

}  // namespace

std::string_view name_of(RolloutState state) {
  return std::find_if(kStates.begin(), kStates.end(),
                      [&](const auto& entry) { return entry.first == state; })
      ->second;
}

sync::RolloutEntry StagedRelease::entry() const {
  return {.version = version,
          .stores_bp = stores_bp,
          .lab = lab,
          .is_held = state == RolloutState::kHeld || state == RolloutState::kHalted};
}

void RolloutStore::put(const StagedRelease& release) {
  store_
      .prepare(std::string("INSERT OR REPLACE INTO rollouts (") + kColumns +
               ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(release.version, release.salt, name_of(release.state), std::int64_t{release.stores_bp},
           Json(release.lab).dump(), release.ring_since_s, std::int64_t{release.limits.min_reports},
           std::int64_t{release.limits.max_failures_bp}, release.reason);
}

std::optional<StagedRelease> RolloutStore::find(std::uint64_t version) {
  Statement query =
      store_.prepare(std::string("SELECT ") + kColumns + " FROM rollouts WHERE version = ?");
  query.bind_all(version);
  if (!query.step()) return std::nullopt;
  return read_release(query);
}

std::vector<StagedRelease> RolloutStore::newest_first() {
  Statement query =
      store_.prepare(std::string("SELECT ") + kColumns + " FROM rollouts ORDER BY version DESC");
  std::vector<StagedRelease> found;
  while (query.step()) found.push_back(read_release(query));
  return found;
}

}  // namespace xsell::hq

#include "hq/rollout_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "hq/audit.h"
#include "hq/errors.h"
#include "hq/publish_lock.h"
#include "sync/release.h"

namespace xsell::hq {
namespace {

constexpr const char* kNobody = "serve";  // who halts

std::string percent(std::uint32_t bp) { return fmt::format("{}%", bp / 100.0); }

}  // namespace

// A later release ends what was under way, by being newer.
std::optional<StagedRelease> RolloutDesk::find_current() {
  const sync::tuf::RepositoryKeys no_keys;
  const auto newest =
      sync::newest_release(sync::tuf::Repository(folder_.tree(), no_keys).targets());
  if (!newest || newest->rollout_salt.empty()) return std::nullopt;
  auto begun = RolloutStore(store_).find(newest->version);
  return begun ? std::move(*begun)
               : StagedRelease{.version = newest->version, .salt = newest->rollout_salt};
}

StagedRelease RolloutDesk::current() {
  auto release = find_current();
  if (!release) {
    throw Refused(
        "the newest release was not staged, so every lane may take it; stage the next one with "
        "'xsell-hq publish --staged'");
  }
  return std::move(*release);
}

StagedRelease RolloutDesk::start(const std::vector<std::string>& lab, const RolloutLimits& limits,
                                 const std::string& user, std::int64_t now_s) {
  const PublishLock lock(folder_);
  StagedRelease release = current();
  if (release.state != RolloutState::kWaiting) {
    throw Refused(fmt::format("the rollout of version {} has begun; see 'xsell-hq rollout advance'",
                              release.version));
  }
  release.lab = lab;
  release.limits = limits;
  release.state = RolloutState::kRunning;
  release.ring_since_s = now_s;
  return change(std::move(release), "rollout start", user, now_s);
}

StagedRelease RolloutDesk::advance(std::optional<std::uint32_t> stores_bp, const std::string& user,
                                   std::int64_t now_s) {
  const PublishLock lock(folder_);
  StagedRelease release = current();
  if (release.state == RolloutState::kHeld || release.state == RolloutState::kHalted) {
    throw Refused(fmt::format("version {} is {} ({}); 'xsell-hq rollout resume' lets it go on",
                              release.version, name_of(release.state), release.reason));
  }
  if (release.state == RolloutState::kDone) {
    throw Refused(fmt::format("every store may take version {} already", release.version));
  }
  const auto next = std::find_if(std::begin(kRings_bp), std::end(kRings_bp),
                                 [&](std::uint32_t ring) { return ring > release.stores_bp; });
  const std::uint32_t wanted = stores_bp.value_or(*next);
  if (wanted < release.stores_bp) {
    throw Refused(fmt::format(
        "version {} has reached {} of the stores; they keep it. To take it back: xsell-hq rollback",
        release.version, percent(release.stores_bp)));
  }
  release.stores_bp = wanted;
  release.state = wanted == sync::kAllStores_bp ? RolloutState::kDone : RolloutState::kRunning;
  release.ring_since_s = now_s;
  return change(std::move(release), "rollout advance", user, now_s);
}

StagedRelease RolloutDesk::hold(const std::string& reason, const std::string& user,
                                std::int64_t now_s) {
  const PublishLock lock(folder_);
  StagedRelease release = current();
  release.state = RolloutState::kHeld;
  release.reason = reason;
  return change(std::move(release), "rollout hold", user, now_s);
}

StagedRelease RolloutDesk::resume(const std::string& user, std::int64_t now_s) {
  const PublishLock lock(folder_);
  StagedRelease release = current();
  if (release.state != RolloutState::kHeld && release.state != RolloutState::kHalted) {
    throw Refused(fmt::format("version {} is not held", release.version));
  }
  release.state = RolloutState::kRunning;
  release.reason.clear();
  release.ring_since_s = now_s;
  return change(std::move(release), "rollout resume", user, now_s);
}

StagedRelease RolloutDesk::change(StagedRelease release, const std::string& action,
                                  const std::string& user, std::int64_t now_s) {
  const sync::tuf::RepositoryKeys keys = load_signing_keys(folder_.keys(), unlock_);
  sync::tuf::Repository repository(folder_.tree(), keys);

  offline_cache::Transaction transaction(store_.database());
  RolloutStore rollouts(store_);
  rollouts.put(release);
  Audit(store_).record(now_s, user, action,
                       {{"version", release.version},
                        {"stores_percent", release.stores_bp / 100.0},
                        {"lab", release.lab},
                        {"reason", release.reason}});
  sync::Rollout document;
  for (const sync::Release& published : sync::releases(repository.targets())) {
    if (const auto staged = rollouts.find(published.version)) {
      document.releases.push_back(staged->entry());
    }
  }
  repository.put_policy(sync::tuf::PolicyRole::kRollout, sync::to_json(document), now_s);
  transaction.commit();
  return release;
}

RolloutCount RolloutDesk::count(const StagedRelease& release, std::int64_t now_s) {
  sync::RolloutEntry reached = release.entry();
  reached.is_held = false;
  return judge_rollout(FleetStore(store_).devices(), {{reached}}, release.version, release.salt,
                       release.ring_since_s, now_s);
}

std::optional<RolloutDesk::Halted> RolloutDesk::check(std::int64_t now_s) {
  if (const auto release = find_current(); !release || release->state != RolloutState::kRunning) {
    return std::nullopt;
  }
  const PublishLock lock(folder_);
  auto release = find_current();  // it may just have been held
  if (!release || release->state != RolloutState::kRunning) return std::nullopt;
  RolloutCount counted = count(*release, now_s);
  if (!counted.must_halt(release->limits)) return std::nullopt;
  release->state = RolloutState::kHalted;
  release->reason = fmt::format("{} of {} lanes failed", counted.failures(), counted.reports());
  if (!counted.troubled.empty()) release->reason += ", such as " + counted.troubled.front();
  return Halted{change(std::move(*release), "rollout halt", kNobody, now_s), std::move(counted)};
}

}  // namespace xsell::hq

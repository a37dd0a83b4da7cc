#include "plugin/release_shelf.h"

#include <algorithm>
#include <ctime>
#include <exception>
#include <utility>

#include "plugin/release_apply.h"
#include "plugin/release_compile.h"
#include "plugin/rules_image.h"
#include "plugin/state_hasher.h"
#include "plugin/version.h"
#include "sync/limits.h"
#include "sync/tuf_policy.h"

namespace xsell::plugin {
namespace {

using offline_cache::StorageError;

constexpr const char* kWhyPinned = "the till ended three times before a sale went through with it";

// The switches that act within a rule set; the others silence the lane as a whole.
std::vector<std::string> killed_rules(const sync::Control& control) {
  std::vector<std::string> killed;
  for (const sync::Kill& kill : control.kills) {
    if (kill.scope == sync::KillScope::kRule || kill.scope == sync::KillScope::kCampaign) {
      killed.push_back(std::string(name_of(kill.scope)) + ' ' + kill.value);
    }
  }
  std::sort(killed.begin(), killed.end());
  return killed;
}

}  // namespace

std::string_view name_of(ReleaseOrigin source) {
  switch (source) {
    case ReleaseOrigin::kNone:
      return "none";
    case ReleaseOrigin::kDisk:
      return "disk";
    case ReleaseOrigin::kHq:
      return "hq";
    case ReleaseOrigin::kFolder:
      return "folder";
  }
  return "unknown";
}

ReleaseShelf::ReleaseShelf(const offline_cache::DataFolder& folder, const sync::Identity& identity,
                           LogQueue& log)
    : folder_(folder),
      log_(log),
      trust_(folder, identity, log),
      files_(folder, StateHasher::make),
      guard_(trust_.store()),
      pinned_(trust_.store().pinned()) {
  const bool is_other_plugin = std::any_of(pinned_.begin(), pinned_.end(), [](const auto& pin) {
    return pin.plugin_version != kVersion;
  });
  if (is_other_plugin) {
    log_.info("this version of the plugin tries the rule sets that failed with another one again");
    lift_pins();
  }
}

ReleaseShelf::~ReleaseShelf() {
  try {
    write_unsaved();
  } catch (const std::exception& error) {
    log_.error(error.what());
  }
}

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::load_newest(const rules::LaneScope& scope,
                                                                  const Moment& now) {
  generation_ = 0;
  version_ = 0;
  is_damaged_ = false;
  for (const uint64_t generation : files_.generations()) {
    const auto file = files_.header(generation);
    if (file && is_pinned(file->version)) continue;
    if (file && !guard_.begin(generation, file->version)) {
      pin(generation, file->version);
      continue;
    }
    try {
      std::unique_ptr<rules::CompiledRuleSet> rules;
      if (file && guard_.is_first_try()) rules = read_image(*file, scope, now);
      if (!rules) rules = read_generation(generation, scope, now);
      // Another publisher's numbers say nothing about this one's.
      version_ = trust_.is_new_publisher() ? 0 : rules->version();
      generation_ = generation;
      source_ = ReleaseOrigin::kDisk;
      return rules;
    } catch (const StorageError& error) {
      log_.error(error.what());
      if (error.kind() != StorageError::Kind::kCorrupt) continue;
      files_.set_aside(generation);
    }
  }
  return nullptr;
}

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::read_generation(uint64_t generation,
                                                                      const rules::LaneScope& scope,
                                                                      const Moment& now) {
  save();
  std::unique_ptr<rules::CompiledRuleSet> rules;
  try {
    const offline_cache::RulesFileHeader header = files_.read(
        generation,
        [&](const auto& found, const auto& lines) { rules = compile(found, lines, scope, now); });
    keep(header, *rules, scope, now);
  } catch (const sync::tuf::Error& error) {
    throw StorageError(StorageError::Kind::kCorrupt, error.what());
  }
  return rules;
}

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::compile(
    const offline_cache::RulesFileHeader& header, const offline_cache::RulesFileLines& lines,
    const rules::LaneScope& scope, const Moment& now) {
  const offline_cache::RulesFileChanges* const changes = lines.changes();
  std::optional<rules::ReleaseRecords> records;
  // As with the image: nothing but the lines after a start that ended badly.
  if (guard_.is_first_try()) {
    records =
        changes == nullptr
            ? load_records(files_.records_path(header.generation), header.state_hash)
            : load_records(files_.records_path(changes->base_generation), changes->base_state_hash);
  }
  const bool are_new = changes != nullptr || !records;
  has_unread_lines_ = records.has_value();
  const auto make_filter = [&](const rules::Policy& policy) {
    return RuleFilter(trust_.control(), policy.staleness, trust_.is_past(policy.staleness, now));
  };
  auto rules = compile_release(header, lines, scope, make_filter, records);
  new_records_ = are_new ? std::move(records) : std::nullopt;
  return rules;
}

void ReleaseShelf::keep(const offline_cache::RulesFileHeader& header,
                        const rules::CompiledRuleSet& rules, const rules::LaneScope& scope,
                        const Moment& now) {
  staleness_ = rules.staleness();
  is_past_staleness_ = trust_.is_past(staleness_, now);
  const ImageKey key{header, scope, killed_rules(trust_.control()), is_past_staleness_};
  unsaved_.emplace(Unsaved{header, text_of(key), rules::ImageContent(rules),
                           std::move(new_records_), has_unread_lines_});
}

void ReleaseShelf::save() {
  if (!unsaved_) return;
  const bool has_unread_lines = unsaved_->has_unread_lines;
  const uint64_t generation = unsaved_->header.generation;
  write_unsaved();
  if (has_unread_lines) check_lines(generation);
}

void ReleaseShelf::write_unsaved() {
  if (!unsaved_) return;
  const Unsaved unsaved = *std::exchange(unsaved_, std::nullopt);
  const auto& header = unsaved.header;
  save_image(files_.image_path(header.generation), unsaved.image_key, unsaved.image);
  if (unsaved.records) {
    save_records(files_.records_path(header.generation), header.state_hash,
                 unsaved.records->tidied());
  }
}

// The image and the records go on serving: taking the file away would leave the next start nothing.
void ReleaseShelf::check_lines(uint64_t generation) {
  try {
    files_.check(generation);
  } catch (const StorageError& error) {
    log_.error(error.what());
    is_damaged_ = error.kind() == StorageError::Kind::kCorrupt && generation == generation_;
  }
}

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::read_image(
    const offline_cache::RulesFileHeader& header, const rules::LaneScope& scope,
    const Moment& now) {
  ImageKey key{header, scope, killed_rules(trust_.control())};
  for (const bool is_past : {false, true}) {
    key.is_past_staleness = is_past;
    auto rules = load_image(files_.image_path(header.generation), key);
    if (!rules || trust_.is_past(rules->staleness(), now) != is_past) continue;
    staleness_ = rules->staleness();
    is_past_staleness_ = is_past;
    return rules;
  }
  return nullptr;
}

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::refilter(const rules::LaneScope& scope,
                                                               const Moment& now) {
  if (generation_ == 0 || trust_.is_past(staleness_, now) == is_past_staleness_) return nullptr;
  log_.warning(is_past_staleness_
                   ? "HQ has signed again; all rules are used again"
                   : "HQ has not signed for longer than the release's policy allows; only what it "
                     "keeps is shown");
  try {
    return read_generation(generation_, scope, now);
  } catch (const std::exception& error) {
    log_.error(error.what());
    return nullptr;
  }
}

bool ReleaseShelf::is_pinned(uint64_t version) const {
  return std::any_of(pinned_.begin(), pinned_.end(),
                     [&](const auto& pin) { return pin.version == version; });
}

void ReleaseShelf::pin(uint64_t generation, uint64_t version) {
  trust_.store().pin({.version = version,
                      .reason = kWhyPinned,
                      .plugin_version = kVersion,
                      .since_s = static_cast<int64_t>(std::time(nullptr))});
  trust_.store().clear_starts(generation);
  pinned_ = trust_.store().pinned();
  log_.error("rule set " + std::to_string(version) + " is set aside: " + kWhyPinned +
             ". A newer release replaces it; to try it again: xsell unpin");
}

void ReleaseShelf::lift_pins() {
  trust_.store().lift_pins();
  pinned_.clear();
}

ReleaseShelf::Update ReleaseShelf::update(const Cycle& cycle, const rules::LaneScope& scope) {
  save();
  Update update;
  Trouble trouble;
  trouble.at_s = cycle.now.utc_s;
  try {
    const auto killed_before = killed_rules(trust_.control());
    sync::tuf::Client client(trust_, cycle.fetcher);
    follow_policies(client);
    if (!trust_.root_json().empty()) update.failure = client.pin_root(trust_.root_json());
    if (!update.failure.failed()) {
      const sync::tuf::RefreshReport report = client.refresh(trust_.clock().for_checks(cycle.now));
      for (const std::string& notice : report.notices) log_.warning(notice);
      for (const auto& role : report.role_failures) {
        log_.warning(role.role + " (" + std::string(role.failure.name()) +
                     "): " + role.failure.detail);
      }
      update.failure = report.failure;
      trust_.learn(client, cycle.now);
      watch_head(cycle, !update.failure.failed());
    }
    const bool has_other_kills = killed_rules(trust_.control()) != killed_before;
    if (has_other_kills) cycle.on_kill();
    if (!update.failure.failed() && client.targets() != nullptr) {
      const auto release = wanted(*client.targets(), scope);
      const bool is_due =
          release && (release->version > version_ || (is_damaged_ && release->version == version_));
      if (is_due) {
        trouble.version = release->version;
        take(client, *release, scope, cycle.now, update);
        if (update.rules) source_ = cycle.source;
      }
    }
    if (has_other_kills && !update.rules) update.rules = load_newest(scope, cycle.now);
    trust_.store().refresh_copy();
  } catch (const std::exception& error) {
    update.failure = {sync::Problem::kStorage, sync::NetError::kNone, error.what()};
  }
  trouble.failure = update.failure;
  trouble_ = update.failure.failed() ? std::optional(std::move(trouble)) : std::nullopt;
  return update;
}

std::optional<sync::Release> ReleaseShelf::wanted(const sync::tuf::Targets& targets,
                                                  const rules::LaneScope& scope) const {
  for (sync::Release& release : sync::releases(targets)) {
    if (!is_pinned(release.version) &&
        trust_.rollout().lets(release.version, release.rollout_salt, scope.business_unit)) {
      return std::move(release);
    }
  }
  return std::nullopt;
}

void ReleaseShelf::take(sync::tuf::Client& client, const sync::Release& release,
                        const rules::LaneScope& scope, const Moment& now, Update& update) {
  std::unique_ptr<rules::CompiledRuleSet> rules;
  const Transfer transfer = is_damaged_ ? Transfer::kWhole : Transfer::kDeltaIfOneFits;
  const AppliedRelease applied = apply_release(
      client, release, files_, generation_, transfer, folder_.file("release.part"),
      [&](const auto& header, const auto& lines) { rules = compile(header, lines, scope, now); });
  for (const std::string& notice : applied.notices) log_.warning(notice);
  update.failure = applied.failure;
  if (update.failure.failed()) return;
  (applied.is_by_delta ? updates_by_delta_ : updates_by_bundle_)++;
  files_.keep_only({applied.header.generation, is_damaged_ ? uint64_t{0} : generation_});
  version_ = release.version;
  generation_ = applied.header.generation;
  is_damaged_ = false;
  guard_.hand_over(generation_, version_);
  keep(applied.header, *rules, scope, now);
  update.rules = std::move(rules);
}

// A stick is signed to last; only HQ itself must be fresh.
void ReleaseShelf::watch_head(const Cycle& cycle, bool is_verified) {
  const bool was_frozen = is_head_frozen_;
  if (!is_verified || cycle.source != ReleaseOrigin::kHq) return;
  const int64_t age_s = trust_.head_age_s(cycle.now);
  is_head_frozen_ = age_s > sync::limits::kFrozenHead_s;
  if (is_head_frozen_ && !was_frozen) {
    log_.warning("HQ's head was signed " + std::to_string(age_s / 3600) +
                 " hours ago: HQ does not sign any more, or somebody holds newer ones back");
  } else if (was_frozen && !is_head_frozen_) {
    log_.info("HQ's head is fresh again");
  }
}

}  // namespace xsell::plugin

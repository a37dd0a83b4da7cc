#include "hq/publisher.h"

#include <fmt/format.h>

#include <algorithm>

#include "hq/change_desk.h"
#include "hq/errors.h"
#include "hq/fleet_store.h"
#include "hq/publish_lock.h"
#include "hq/release_deltas.h"
#include "hq/secret.h"
#include "sync/bundle.h"
#include "sync/rollout.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
using rules::ReleaseLine;
using sync::tuf::Repository;
using sync::tuf::RepositoryKeys;

const RepositoryKeys kNoKeys;

struct Memory : sync::ByteSink {
  bool write(std::string_view bytes) override {
    body.append(bytes);
    return true;
  }
  std::string body;
};

struct LineList : sync::BundleSink {
  bool on_header(const sync::BundleHeader& header) override {
    lines.reserve(header.count);
    return true;
  }
  bool on_line(std::string_view id, std::string_view line) override {
    lines.push_back({std::string(id), std::string(line)});
    return true;
  }
  std::vector<ReleaseLine> lines;
};

// What lanes would refuse must not get out.
void require_readable(const std::vector<ReleaseLine>& lines) {
  rules::RuleSetBuilder builder;
  for (const ReleaseLine& line : lines) {
    if (builder.add(line.bytes) == rules::LineResult::refused) {
      throw Refused(fmt::format("release line {} is not usable: {}", line.id, builder.message()));
    }
  }
}

std::vector<std::string> names_of(const sync::tuf::Targets& targets) {
  std::vector<std::string> names;
  for (const auto& [name, file] : targets.files) names.push_back(name);
  return names;
}

// A database that came back from a backup does not know how far its lanes have got; they would take
// a number they have for what they have.
void require_above_fleet(HqStore& store, std::uint64_t version) {
  const std::uint64_t seen = FleetStore(store).highest_version();
  if (version > seen) return;
  throw Refused(fmt::format(
      "lanes have rule set {}, this HQ would publish {}: it came back from a backup. Run "
      "'xsell-hq bump' first: it puts the present rules out above all that lanes have",
      seen, version));
}

std::uint64_t version_floor(HqStore& store) {
  return std::stoull(store.setting(kVersionFloor).value_or("0"));
}

// What a new release replaces: everything, but that stores which a staged one has not reached yet
// go on with the newest that every store may take.
std::vector<std::string> replaced_names(const Repository& repository, bool is_staged) {
  const sync::tuf::Targets targets = repository.targets();
  std::vector<std::string> names = names_of(targets);
  if (!is_staged) return names;
  const auto policy = repository.policy(sync::tuf::PolicyRole::kRollout);
  const auto rollout = sync::parse_rollout(policy ? policy->json : "").value_or(sync::Rollout{});
  const auto published = sync::releases(targets);
  const auto kept = std::find_if(published.begin(), published.end(), [&](const auto& release) {
    return rollout.lets_all(release.version, release.rollout_salt);
  });
  if (kept == published.end()) return names;
  std::erase_if(names, [&](const std::string& name) {
    const bool is_delta_to_it =
        std::any_of(kept->deltas.begin(), kept->deltas.end(),
                    [&](const auto& delta) { return delta.file.name == name; });
    return name == kept->file.name || is_delta_to_it;
  });
  return names;
}

Json audit_detail(const ReleaseEntry& release) {
  Json detail = {{"version", release.version},
                 {"lines", release.line_count},
                 {"state_hash", release.state_hash},
                 {"spread_s", release.spread_s}};
  if (!release.note.empty()) detail["reason"] = release.note;
  if (release.restores) detail["restores"] = *release.restores;
  return detail;
}

}  // namespace

Publication Publisher::publish(const std::vector<ReleaseLine>& lines, const PublishOrder& order,
                               std::int64_t now_s, Progress& progress) {
  require_readable(lines);
  const PublishLock lock(folder_);
  require_none_pending(folder_);
  const RepositoryKeys keys = load_signing_keys(folder_.keys(), unlock_);
  ChangeDesk desk(store_, folder_, keys);
  Repository& repository = desk.repository();
  const sync::tuf::Targets targets = repository.targets();
  const auto head = sync::newest_release(targets);
  ReleaseLog log(store_);

  Publication result;
  ReleaseEntry& release = result.release;
  // The database may be older than what lanes have seen (a backup), and the other way round.
  release.version =
      std::max({log.highest_version(), head ? head->version : 0, version_floor(store_)}) + 1;
  require_above_fleet(store_, release.version);
  release.published_at_s = now_s;
  release.published_by = order.user;
  release.spread_s = order.spread_s;
  release.line_count = lines.size();
  release.note = order.note;
  release.restores = order.restores;

  Memory bundle;
  sync::BundleWriter writer(bundle, {.version = release.version, .count = lines.size()});
  std::uint64_t done = 0;
  for (const ReleaseLine& line : lines) {
    writer.add(line.id, line.bytes);
    progress.update(++done);
  }
  const sync::Sha256 state_hash = writer.finish();
  release.state_hash = sync::to_hex(state_hash);
  release.bundle_sha256 = sync::sha256_hex(bundle.body);
  result.bundle_bytes = bundle.body.size();

  const auto earlier = log.newest_first();
  const auto deltas = make_deltas(folder_.targets(), earlier,
                                  {.version = release.version,
                                   .state_hash = state_hash,
                                   .lines = lines,
                                   .bundle_bytes = bundle.body.size()});
  std::vector<sync::tuf::NewTarget> files = {
      {.name = bundle_name(release.version),
       .bytes = bundle.body,
       .custom = sync::release_custom(release.version, state_hash, release.spread_s,
                                      order.is_staged ? new_secret("") : "")}};
  for (const DeltaFile& delta : deltas) {
    files.push_back({.name = delta.name, .bytes = delta.bytes, .custom = delta.custom});
    result.deltas.push_back({delta.name, delta.bytes.size()});
  }

  PendingChange change;
  change.draft =
      repository.draft_release(files, replaced_names(repository, order.is_staged), now_s);
  change.action = order.restores ? "rollback" : "publish";
  change.purpose = fmt::format("release {}", release.version);
  change.drafted_by = order.user;
  change.audit_detail = audit_detail(release);
  change.release = release;
  ChangeOutcome outcome = desk.submit(std::move(change), now_s);
  result.is_pending = !outcome.versions;
  result.metadata = outcome.versions.value_or(sync::tuf::PublishedVersions{});
  result.needed = std::move(outcome.needed);
  if (result.is_pending) return result;

  // Lanes that are in the middle of a cycle still fetch by the metadata that this replaces.
  std::vector<std::string> in_use = names_of(repository.targets());
  for (std::string& name : names_of(targets)) in_use.push_back(std::move(name));
  prune_releases(folder_.targets(), earlier, in_use);
  return result;
}

std::vector<ReleaseLine> Publisher::lines_of(const ReleaseEntry& release) const {
  const fs::path file = bundle_path(folder_.targets(), release);
  if (!fs::exists(file)) {
    throw Refused(fmt::format("the bundle of version {} is not there any more: {}", release.version,
                              file.string()));
  }
  const std::string bytes = sync::read_whole_file(file);
  LineList list;
  sync::BundleReader reader(list);
  reader.write(bytes);
  const sync::Failure failure = reader.finish();
  if (failure.failed() || sync::to_hex(reader.state_hash()) != release.state_hash) {
    throw Refused(fmt::format("the bundle of version {} is damaged: {} {}", release.version,
                              file.string(), failure.detail));
  }
  return std::move(list.lines);
}

sync::tuf::PublishedVersions Publisher::export_to(const fs::path& destination, std::int64_t valid_s,
                                                  std::int64_t now_s) const {
  const PublishLock lock(folder_);
  const RepositoryKeys keys = load_signing_keys(folder_.keys());
  Repository repository(folder_.tree(), keys);
  for (const fs::path& file : repository.current_files()) {
    fs::create_directories((destination / file).parent_path());
    sync::write_whole_file(destination / file, sync::read_whole_file(folder_.tree() / file));
  }
  Repository copy(destination, keys, {.snapshot_s = valid_s, .timestamp_s = valid_s});
  const auto versions = copy.renew(now_s);
  repository.renew(now_s, 2);  // the versions that the copy has taken are never used again
  return versions;
}

void Publisher::leap(std::uint64_t above, std::int64_t now_s) {
  const PublishLock lock(folder_);
  require_none_pending(folder_);
  const RepositoryKeys keys = load_signing_keys(folder_.keys(), unlock_);
  ChangeDesk desk(store_, folder_, keys);
  desk.skip_targets_versions(desk.repository().targets().version + kMetadataLeap);
  desk.repository().leap(now_s, kMetadataLeap);
  store_.set_setting(kVersionFloor, std::to_string(std::max(above, version_floor(store_))));
}

void start_trust(const HqFolder& folder, std::int64_t now_s) {
  const RepositoryKeys keys = make_signing_keys(folder.keys());
  Repository(folder.tree(), keys).create(now_s);
}

std::optional<sync::tuf::PublishedVersions> resign_head(const HqFolder& folder,
                                                        std::int64_t now_s) {
  const PublishLock lock(folder, PublishLock::Wait::kNever);
  if (!lock.is_held()) return std::nullopt;
  RepositoryKeys keys = load_signing_keys(folder.keys());
  // A renewal would take the versions that people are signing.
  if (const auto pending = load_pending(folder)) {
    if (pending->draft.contains("root")) keys.root.clear();
    if (pending->draft.contains("targets")) keys.targets.clear();
    if (pending->draft.contains("control")) keys.control.clear();
    if (pending->draft.contains("rollout")) keys.rollout.clear();
  }
  return Repository(folder.tree(), keys).resign(now_s);
}

std::optional<sync::Release> published_release(const HqFolder& folder) {
  return sync::newest_release(Repository(folder.tree(), kNoKeys).targets());
}

}  // namespace xsell::hq

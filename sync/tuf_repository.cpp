#include "sync/tuf_repository.h"

#include <algorithm>
#include <stdexcept>

#include "sync/tuf_signing.h"
#include "sync/whole_file.h"

namespace xsell::sync::tuf {
namespace {

namespace fs = std::filesystem;

std::string versioned(uint64_t version, std::string_view role) {
  return std::to_string(version) + '.' + std::string(role) + ".json";
}

std::vector<const SigningKey*> signers(const std::vector<SigningKey>& keys, std::string_view role) {
  if (keys.empty()) {
    throw std::runtime_error("the private key of the role " + std::string(role) +
                             " is not in the keys folder");
  }
  std::vector<const SigningKey*> result;
  for (const SigningKey& key : keys) result.push_back(&key);
  return result;
}

MetaFile describe(uint64_t version, std::string_view bytes) {
  return {.version = version, .length = bytes.size(), .sha256 = sha256(bytes)};
}

bool is_half_over(const Metadata& metadata, int64_t lifetime_s, int64_t now_s) {
  return metadata.expires_s - now_s < lifetime_s / 2;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

void require_usable_name(const std::string& name, const Targets& targets) {
  if (!is_safe_target_name(name)) {
    throw Error(Problem::kUntrustedName, "target name \"" + name + "\" is not usable");
  }
  for (const auto& [other, file] : targets.files) {
    if (other != name && equal_but_for_case(other, name)) {
      throw Error(Problem::kUntrustedName,
                  "target names " + other + " and " + name + " differ by case only");
    }
  }
}

}  // namespace

Repository::Repository(fs::path folder, const RepositoryKeys& keys, RepositoryLifetimes lifetimes)
    : folder_(std::move(folder)), keys_(keys), lifetimes_(lifetimes) {}

bool Repository::exists() const { return fs::exists(metadata_path("timestamp.json")); }

void Repository::create(int64_t now_s, uint32_t threshold) {
  if (exists()) throw std::logic_error("the repository exists already");
  Root root;
  root.version = 1;
  root.expires_s = now_s + lifetimes_.root_s;
  root.has_consistent_snapshots = true;
  root.root = role_keys(keys_.root, threshold);
  root.timestamp = role_keys(keys_.timestamp, threshold);
  root.snapshot = role_keys(keys_.snapshot, threshold);
  root.targets = role_keys(keys_.targets, threshold);

  fs::create_directories(folder_ / "v1/tuf");
  fs::create_directories(folder_ / "v1/targets");
  write_whole_file(metadata_path(versioned(1, "root")),
                   sign_document(root, signers(keys_.root, "root")));
  write_targets({}, now_s);
}

PublishedVersions Repository::publish(const std::vector<NewTarget>& add,
                                      const std::vector<std::string>& remove, int64_t now_s) {
  Targets next = targets();
  for (const std::string& name : remove) next.files.erase(name);
  for (const NewTarget& target : add) {
    require_usable_name(target.name, next);
    const TargetFile file{.name = target.name,
                          .length = target.bytes.size(),
                          .sha256 = sha256(target.bytes),
                          .custom = target.custom};
    write_whole_file(target_path(file), target.bytes);
    next.files.insert_or_assign(file.name, file);
  }
  return write_targets(std::move(next), now_s);
}

PublishedVersions Repository::resign(int64_t now_s) {
  const Targets last_targets = targets();
  if (!keys_.targets.empty() && is_half_over(last_targets, lifetimes_.targets_s, now_s)) {
    return write_targets(last_targets, now_s);
  }
  const Snapshot last_snapshot = snapshot();
  if (!keys_.snapshot.empty() && is_half_over(last_snapshot, lifetimes_.snapshot_s, now_s)) {
    return write_snapshot(last_snapshot.meta.at("targets.json"), now_s);
  }
  return write_timestamp(timestamp().snapshot, now_s);
}

PublishedVersions Repository::renew(int64_t now_s, uint64_t step) {
  return write_snapshot(snapshot().meta.at("targets.json"), now_s, step);
}

PublishedVersions Repository::leap(int64_t now_s, uint64_t step) {
  Targets next = targets();
  next.version += step - 1;  // and one more by writing it
  write_targets(std::move(next), now_s);
  return renew(now_s, step);
}

PublishedVersions Repository::write_targets(Targets targets, int64_t now_s) {
  ++targets.version;
  targets.expires_s = now_s + lifetimes_.targets_s;
  const std::string bytes = sign_document(targets, signers(keys_.targets, "targets"));
  parse_targets(bytes);  // what lanes would refuse is not published
  write_whole_file(metadata_path(versioned(targets.version, "targets")), bytes);
  return write_snapshot(describe(targets.version, bytes), now_s);
}

PublishedVersions Repository::write_snapshot(const MetaFile& targets, int64_t now_s,
                                             uint64_t step) {
  Snapshot next = exists() ? snapshot() : Snapshot{};
  next.version += step;
  next.expires_s = now_s + lifetimes_.snapshot_s;
  next.meta.insert_or_assign("targets.json", targets);
  const std::string bytes = sign_document(next, signers(keys_.snapshot, "snapshot"));
  write_whole_file(metadata_path(versioned(next.version, "snapshot")), bytes);
  return write_timestamp(describe(next.version, bytes), now_s, step);
}

PublishedVersions Repository::write_timestamp(const MetaFile& snapshot, int64_t now_s,
                                              uint64_t step) {
  Timestamp next = exists() ? timestamp() : Timestamp{};
  next.version += step;
  next.expires_s = now_s + lifetimes_.timestamp_s;
  next.signed_at_s = now_s;
  next.snapshot = snapshot;
  write_whole_file(metadata_path("timestamp.json"),
                   sign_document(next, signers(keys_.timestamp, "timestamp")));
  return {.timestamp = next.version, .snapshot = snapshot.version, .targets = targets().version};
}

Root Repository::root() const { return parse_root(root_bytes()); }

Timestamp Repository::timestamp() const {
  return parse_timestamp(read_whole_file(metadata_path("timestamp.json")));
}

Snapshot Repository::snapshot() const {
  const uint64_t version = timestamp().snapshot.version;
  return parse_snapshot(read_whole_file(metadata_path(versioned(version, "snapshot"))));
}

Targets Repository::targets() const {
  const uint64_t version = snapshot().meta.at("targets.json").version;
  return parse_targets(read_whole_file(metadata_path(versioned(version, "targets"))));
}

std::string Repository::root_bytes() const {
  return read_whole_file(metadata_path(versioned(newest_root_version(), "root")));
}

fs::path Repository::target_path(const TargetFile& file) const {
  return folder_ / "v1/targets" / (to_hex(file.sha256) + '.' + file.name);
}

std::vector<fs::path> Repository::current_files() const {
  std::vector<fs::path> files;
  const fs::path metadata = "v1/tuf";
  for (uint64_t version = 1; version <= newest_root_version(); ++version) {
    files.push_back(metadata / versioned(version, "root"));
  }
  const Targets last_targets = targets();
  for (const auto& [name, file] : last_targets.files) {
    files.push_back(target_path(file).lexically_relative(folder_));
  }
  files.push_back(metadata / versioned(last_targets.version, "targets"));
  files.push_back(metadata / versioned(snapshot().version, "snapshot"));
  files.push_back(metadata / "timestamp.json");
  return files;
}

fs::path Repository::metadata_path(std::string_view name) const {
  return folder_ / "v1/tuf" / name;
}

uint64_t Repository::newest_root_version() const {
  uint64_t version = 1;
  while (fs::exists(metadata_path(versioned(version + 1, "root")))) ++version;
  return version;
}

}  // namespace xsell::sync::tuf

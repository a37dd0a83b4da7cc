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

// Those of the keys at hand that the role lists: a key that is on its way in or out signs nothing.
std::vector<const SigningKey*> signers(const std::vector<SigningKey>& keys, const RoleKeys& role,
                                       std::string_view name) {
  std::vector<const SigningKey*> result;
  for (const SigningKey& key : keys) {
    if (role.key_ids.contains(key.public_key().key_id())) result.push_back(&key);
  }
  if (result.size() < role.threshold) {
    throw std::runtime_error("the role " + std::string(name) + " needs " +
                             std::to_string(role.threshold) + " private keys, and " +
                             std::to_string(result.size()) + " of them are in the keys folder");
  }
  return result;
}

MetaFile describe(uint64_t version, std::string_view bytes) {
  return {.version = version, .length = bytes.size(), .hashes = Hashes{.sha256 = sha256(bytes)}};
}

bool is_half_over(const Metadata& metadata, int64_t lifetime_s, int64_t now_s) {
  return metadata.expires_s - now_s < lifetime_s / 2;
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
                   sign_document(root, signers(keys_.root, root.root, "root")));
  Targets targets;
  targets.version = 1;
  targets.expires_s = now_s + lifetimes_.targets_s;
  for (const PolicyRole role : kPolicyRoles) {
    targets.delegations.push_back(policy_delegation(role, role_keys(keys_.of(role), 1)));
  }
  const std::string bytes = sign_document(targets, signers(keys_.targets, root.targets, "targets"));
  write_whole_file(metadata_path(versioned(1, "targets")), bytes);
  write_snapshot({{"targets.json", describe(1, bytes)}}, now_s);
}

PublishedVersions Repository::publish(const std::vector<NewTarget>& add,
                                      const std::vector<std::string>& remove, int64_t now_s) {
  return sign_and_apply(draft_release(add, remove, now_s), now_s);
}

void Repository::sign(Draft& draft) const {
  const PresentState state = present();
  for (const auto* keys : keys_.all()) {
    for (const SigningKey& key : *keys) sign_draft(draft, key, state);
  }
}

PublishedVersions Repository::apply(const Draft& draft, int64_t now_s) {
  const PresentState state = present();
  for (const NeededSignatures& needed : needed_signatures(draft, state)) {
    if (needed.is_met()) continue;
    throw Error(Problem::kSignature, needed.role + " has " + std::to_string(needed.count) + " of " +
                                         std::to_string(needed.signers.threshold) +
                                         " signatures by " + needed.by);
  }
  const auto require_next = [](const std::string& role, uint64_t version, uint64_t present) {
    if (role == "root" ? version == present + 1 : version > present) return;
    throw Error(Problem::kVersion, role + " version " + std::to_string(version) +
                                       " cannot follow version " + std::to_string(present));
  };

  std::map<std::string, MetaFile> changed;
  const auto meta = snapshot().meta;
  for (const auto& [role, document] : draft) {
    const uint64_t version = read_metadata(role, document).version;
    if (role == "root") {
      require_next(role, version, state.root.version);
      const Root next = parse_root(document);
      signers(keys_.snapshot, next.snapshot, "snapshot");
      signers(keys_.timestamp, next.timestamp, "timestamp");
    } else {
      const auto listed = meta.find(role + ".json");
      require_next(role, version, listed == meta.end() ? 0 : listed->second.version);
      changed[role + ".json"] = describe(version, document);
    }
  }
  for (const auto& [role, document] : draft) {
    const uint64_t version = read_metadata(role, document).version;
    write_whole_file(metadata_path(versioned(version, role)), document);
  }
  return write_snapshot(changed, now_s);
}

PublishedVersions Repository::sign_and_apply(Draft draft, int64_t now_s) {
  sign(draft);
  return apply(draft, now_s);
}

PublishedVersions Repository::put_policy(PolicyRole role, std::string_view json, int64_t now_s) {
  Targets next = policy_document(role).value_or(Targets{});
  ++next.version;
  next.expires_s = now_s + lifetimes_.policy_s;
  const TargetFile file = policy_target(role, json);
  next.files = {{file.name, file}};
  write_whole_file(target_path(file), file.custom);
  return sign_and_apply({{name_of(role), sign_document(next, {})}}, now_s);
}

PublishedVersions Repository::resign(int64_t now_s) {
  // Of what is old, all that the keys at hand can sign; the rest waits for its people.
  std::optional<PublishedVersions> renewed;
  const auto renew_if_signed = [&](Draft draft) {
    sign(draft);
    if (is_signed(draft, present())) renewed = apply(draft, now_s);
  };
  if (root().expires_s - now_s < limits::kRootRenewal_s && !keys_.root.empty()) {
    renew_if_signed(draft_renewal("root", now_s));
  }
  if (is_half_over(targets(), lifetimes_.targets_s, now_s) && !keys_.targets.empty()) {
    renew_if_signed(draft_renewal("targets", now_s));
  }
  for (const PolicyRole role : kPolicyRoles) {
    auto document = policy_document(role);
    if (!document || keys_.of(role).empty()) continue;
    if (!is_half_over(*document, lifetimes_.policy_s, now_s)) continue;
    ++document->version;
    document->expires_s = now_s + lifetimes_.policy_s;
    renew_if_signed({{name_of(role), sign_document(*document, {})}});
  }
  if (renewed) return *renewed;
  if (!keys_.snapshot.empty() && is_half_over(snapshot(), lifetimes_.snapshot_s, now_s)) {
    return write_snapshot({}, now_s);
  }
  return write_timestamp(timestamp().snapshot, now_s);
}

PublishedVersions Repository::renew(int64_t now_s, uint64_t step) {
  return write_snapshot({}, now_s, step);
}

PublishedVersions Repository::leap(int64_t now_s, uint64_t step) {
  const auto apply_if_signed = [&](Draft draft) {
    sign(draft);
    if (is_signed(draft, present())) apply(draft, now_s);
  };
  Targets next = targets();
  next.version += step - 1;  // and one more as the next
  apply_if_signed({{"targets", next_targets(std::move(next), now_s)}});
  for (const PolicyRole role : kPolicyRoles) {
    auto document = policy_document(role);
    if (!document) continue;
    document->version += step;
    document->expires_s = now_s + lifetimes_.policy_s;
    apply_if_signed({{name_of(role), sign_document(*document, {})}});
  }
  return renew(now_s, step);
}

PublishedVersions Repository::write_snapshot(const std::map<std::string, MetaFile>& changed,
                                             int64_t now_s, uint64_t step) {
  Snapshot next = exists() ? snapshot() : Snapshot{};
  next.version += step;
  next.expires_s = now_s + lifetimes_.snapshot_s;
  for (const auto& [name, file] : changed) next.meta.insert_or_assign(name, file);
  const std::string bytes =
      sign_document(next, signers(keys_.snapshot, root().snapshot, "snapshot"));
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
  const std::string bytes =
      sign_document(next, signers(keys_.timestamp, root().timestamp, "timestamp"));
  write_whole_file(metadata_path("timestamp.json"), bytes);
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

Targets Repository::targets() const { return parse_targets(targets_bytes()); }

std::string Repository::targets_bytes() const {
  const uint64_t version = snapshot().meta.at("targets.json").version;
  return read_whole_file(metadata_path(versioned(version, "targets")));
}

std::optional<Targets> Repository::policy_document(PolicyRole role) const {
  const auto meta = snapshot().meta;
  const auto listed = meta.find(name_of(role) + ".json");
  if (listed == meta.end()) return std::nullopt;
  const uint64_t version = listed->second.version;
  return parse_targets(read_whole_file(metadata_path(versioned(version, name_of(role)))));
}

std::optional<Policy> Repository::policy(PolicyRole role) const {
  const auto document = policy_document(role);
  return document ? read_policy(*document, role) : std::nullopt;
}

std::string Repository::root_bytes() const {
  return read_whole_file(metadata_path(versioned(newest_root_version(), "root")));
}

fs::path Repository::target_path(const TargetFile& file) const {
  return folder_ / "v1/targets" / (file.hashes.prefix() + '.' + file.name);
}

std::vector<fs::path> Repository::current_files() const {
  std::vector<fs::path> files;
  const fs::path metadata = "v1/tuf";
  for (uint64_t version = 1; version <= newest_root_version(); ++version) {
    files.push_back(metadata / versioned(version, "root"));
  }
  const auto add_targets = [&](const Targets& document, const std::string& role) {
    for (const auto& [name, file] : document.files) {
      files.push_back(target_path(file).lexically_relative(folder_));
    }
    files.push_back(metadata / versioned(document.version, role));
  };
  for (const PolicyRole role : kPolicyRoles) {
    if (const auto document = policy_document(role)) add_targets(*document, name_of(role));
  }
  add_targets(targets(), "targets");
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

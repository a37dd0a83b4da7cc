#include "tests/sync/tuf_publisher.h"

#include <stdexcept>

#include "sync/percent_encoding.h"
#include "sync/tuf_signing.h"

namespace xsell::sync::tuf {

Publisher::Publisher() {
  for (const char* role : {"root", "timestamp", "snapshot", "targets"}) {
    keys[role].push_back(SigningKey::generate());
  }
  root.has_consistent_snapshots = true;
  root.expires_s = kNow_s + 365 * kDay_s;
  targets.expires_s = kNow_s + 90 * kDay_s;
  snapshot.expires_s = kNow_s + 7 * kDay_s;
  timestamp.expires_s = kNow_s + 2 * kDay_s;
  publish_root();
  publish();
}

std::vector<const SigningKey*> Publisher::signers(const std::string& role) const {
  std::vector<const SigningKey*> result;
  for (const SigningKey& key : keys.at(role)) result.push_back(&key);
  if (role == "root") {
    for (const SigningKey& key : retired_root_keys_) result.push_back(&key);
  }
  return result;
}

MetaFile Publisher::describe(const std::string& name, uint64_t version) const {
  const std::string& bytes = files.at("v1/tuf/" + std::to_string(version) + '.' + name);
  return {.version = version, .length = bytes.size(), .hashes = Hashes{.sha256 = sha256(bytes)}};
}

void Publisher::put_root() {
  files["v1/tuf/" + std::to_string(root.version) + ".root.json"] =
      sign_document(root, signers("root"));
}

void Publisher::put_timestamp() {
  files["v1/tuf/timestamp.json"] = sign_document(timestamp, signers("timestamp"));
}

void Publisher::put_snapshot() {
  files["v1/tuf/" + std::to_string(snapshot.version) + ".snapshot.json"] =
      sign_document(snapshot, signers("snapshot"));
}

void Publisher::put_targets() {
  files["v1/tuf/" + std::to_string(targets.version) + ".targets.json"] =
      sign_document(targets, signers("targets"));
}

void Publisher::publish() {
  ++targets.version;
  put_targets();
  ++snapshot.version;
  snapshot.meta["targets.json"] = describe("targets.json", targets.version);
  put_snapshot();
  ++timestamp.version;
  timestamp.snapshot = describe("snapshot.json", snapshot.version);
  put_timestamp();
}

void Publisher::publish_delegated() {
  for (auto& [role, document] : delegated) {
    ++document.version;
    if (document.expires_s == 0) document.expires_s = kNow_s + 7 * kDay_s;
    const std::string file =
        std::to_string(document.version) + '.' + percent_encoded(role) + ".json";
    files["v1/tuf/" + file] = sign_document(document, signers(role));
    snapshot.meta[role + ".json"] = describe(percent_encoded(role) + ".json", document.version);
  }
}

void Publisher::publish_root() {
  ++root.version;
  root.root = role_keys(keys["root"], root.root.threshold);
  root.timestamp = role_keys(keys["timestamp"], root.timestamp.threshold);
  root.snapshot = role_keys(keys["snapshot"], root.snapshot.threshold);
  root.targets = role_keys(keys["targets"], root.targets.threshold);
  put_root();
  retired_root_keys_.clear();
}

void Publisher::rotate(const std::string& role, size_t count) {
  auto& role_keys = keys[role];
  if (role == "root") retired_root_keys_ = std::move(role_keys);
  role_keys.clear();
  while (role_keys.size() < count) role_keys.push_back(SigningKey::generate());
}

void Publisher::add_target(const std::string& name, const std::string& bytes,
                           const std::string& custom) {
  const Sha256 digest = sha256(bytes);
  targets.files[name] = {
      .name = name, .length = bytes.size(), .hashes = {.sha256 = digest}, .custom = custom};
  files["v1/targets/" + to_hex(digest) + '.' + name] = bytes;
}

Failure Publisher::fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) {
  requests.emplace_back(path);
  if (const auto failure = failures.find(std::string(path)); failure != failures.end()) {
    return failure->second;
  }
  const auto found = files.find(std::string(path));
  if (found == files.end()) return {Problem::kNotFound, NetError::kNone, std::string(path)};
  const std::string_view bytes = found->second;
  for (size_t at = 0; at < bytes.size(); at += piece_bytes) {
    if (std::min(at + piece_bytes, bytes.size()) > max_bytes) {
      return {Problem::kTooLarge, NetError::kNone, std::string(path)};
    }
    if (!sink.write(bytes.substr(at, piece_bytes))) {
      return {Problem::kTransport, NetError::kCancelled, std::string(path)};
    }
  }
  return {};
}

std::vector<uint64_t> Lane::trusted() {
  const auto version = [&](const char* role, auto parse) {
    const auto bytes = store.load(role);
    return bytes ? parse(*bytes).version : uint64_t{0};
  };
  return {version("root", parse_root), version("timestamp", parse_timestamp),
          version("snapshot", parse_snapshot), version("targets", parse_targets)};
}

}  // namespace xsell::sync::tuf

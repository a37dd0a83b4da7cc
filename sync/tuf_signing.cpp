#include "sync/tuf_signing.h"

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/canonical_json.h"
#include "sync/hex.h"
#include "sync/limits.h"

namespace xsell::sync::tuf {
namespace {

using rules::JsonValue;
using Keys = std::vector<const SigningKey*>;

JsonValue json_of(uint64_t number) { return JsonValue::of(static_cast<int64_t>(number)); }
JsonValue json_of(std::string_view text) { return JsonValue::of(text); }

JsonValue begin_signed(std::string_view type, const Metadata& metadata) {
  JsonValue result = JsonValue::object();
  result.set("_type", json_of(type));
  result.set("spec_version", json_of("1.0.34"));
  result.set("version", json_of(metadata.version));
  result.set("expires", json_of(format_utc_time(metadata.expires_s)));
  return result;
}

JsonValue json_of(const Sha256& digest) {
  JsonValue hashes = JsonValue::object();
  hashes.set("sha256", json_of(to_hex(digest)));
  return hashes;
}

JsonValue json_of(const MetaFile& file) {
  JsonValue result = JsonValue::object();
  result.set("version", json_of(file.version));
  if (file.length) result.set("length", json_of(*file.length));
  if (file.sha256) result.set("hashes", json_of(*file.sha256));
  return result;
}

JsonValue json_of(const RoleKeys& role) {
  JsonValue key_ids = JsonValue::array();
  for (const auto& key_id : role.key_ids) key_ids.items.push_back(json_of(key_id));
  JsonValue result = JsonValue::object();
  result.set("keyids", std::move(key_ids));
  result.set("threshold", json_of(uint64_t{role.threshold}));
  return result;
}

JsonValue json_of(const PublicKey& key) { return rules::read_json(key.tuf_json()).value; }

JsonValue json_of(const TargetFile& file) {
  JsonValue result = JsonValue::object();
  result.set("length", json_of(file.length));
  result.set("hashes", json_of(file.sha256));
  if (!file.custom.empty()) {
    auto custom = rules::read_json(file.custom, {.max_bytes = limits::kTargetsBytes,
                                                 .max_depth = limits::kMetadataDepth - 4,
                                                 .integers_only = true});
    if (custom.error || !custom.value.is_object()) {
      throw Error(Problem::kFormat, "custom data of target " + file.name + " is no JSON object");
    }
    result.set("custom", std::move(custom.value));
  }
  return result;
}

std::string sign(JsonValue signed_part, const Keys& keys) {
  const std::string signed_bytes = to_olpc_canonical_json(signed_part);
  JsonValue signatures = JsonValue::array();
  for (const SigningKey* key : keys) {
    JsonValue signature = JsonValue::object();
    signature.set("keyid", json_of(key->public_key().key_id()));
    signature.set("sig", json_of(to_hex(std::span<const uint8_t>(key->sign(signed_bytes)))));
    signatures.items.push_back(std::move(signature));
  }
  JsonValue document = JsonValue::object();
  document.set("signatures", std::move(signatures));
  document.set("signed", std::move(signed_part));
  // Not the signed form: that one leaves control characters bare, which is no JSON.
  return rules::to_canonical_json(document);
}

}  // namespace

std::string sign_document(const Root& root, const Keys& keys) {
  std::map<std::string, PublicKey> all_keys;
  JsonValue roles = JsonValue::object();
  const auto add_role = [&](std::string_view name, const RoleKeys& role) {
    all_keys.insert(role.keys.begin(), role.keys.end());
    roles.set(name, json_of(role));
  };
  add_role("root", root.root);
  add_role("timestamp", root.timestamp);
  add_role("snapshot", root.snapshot);
  add_role("targets", root.targets);
  JsonValue key_list = JsonValue::object();
  for (const auto& [key_id, key] : all_keys) key_list.set(key_id, json_of(key));

  JsonValue signed_part = begin_signed("root", root);
  signed_part.set("consistent_snapshot", JsonValue::of_boolean(root.has_consistent_snapshots));
  signed_part.set("keys", std::move(key_list));
  signed_part.set("roles", std::move(roles));
  return sign(std::move(signed_part), keys);
}

std::string sign_document(const Timestamp& timestamp, const Keys& keys) {
  JsonValue meta = JsonValue::object();
  meta.set("snapshot.json", json_of(timestamp.snapshot));
  JsonValue signed_part = begin_signed("timestamp", timestamp);
  if (timestamp.signed_at_s) {
    signed_part.set(kSignedAtField, json_of(format_utc_time(*timestamp.signed_at_s)));
  }
  signed_part.set("meta", std::move(meta));
  return sign(std::move(signed_part), keys);
}

std::string sign_document(const Snapshot& snapshot, const Keys& keys) {
  JsonValue meta = JsonValue::object();
  for (const auto& [name, file] : snapshot.meta) meta.set(name, json_of(file));
  JsonValue signed_part = begin_signed("snapshot", snapshot);
  signed_part.set("meta", std::move(meta));
  return sign(std::move(signed_part), keys);
}

std::string sign_document(const Targets& targets, const Keys& keys) {
  JsonValue files = JsonValue::object();
  for (const auto& [name, file] : targets.files) files.set(name, json_of(file));
  JsonValue signed_part = begin_signed("targets", targets);
  signed_part.set("targets", std::move(files));
  return sign(std::move(signed_part), keys);
}

RoleKeys role_keys(const std::vector<SigningKey>& keys, uint32_t threshold) {
  RoleKeys role;
  role.threshold = threshold;
  for (const SigningKey& key : keys) {
    role.keys.emplace(key.public_key().key_id(), key.public_key());
    role.key_ids.insert(key.public_key().key_id());
  }
  return role;
}

}  // namespace xsell::sync::tuf

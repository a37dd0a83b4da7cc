#include "sync/tuf_signing.h"

#include <span>

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

std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

JsonValue begin_signed(std::string_view type, const Metadata& metadata) {
  JsonValue result = JsonValue::object();
  result.set("_type", json_of(type));
  result.set("spec_version", json_of("1.0.34"));
  result.set("version", json_of(metadata.version));
  result.set("expires", json_of(format_utc_time(metadata.expires_s)));
  return result;
}

JsonValue json_of(const Hashes& hashes) {
  JsonValue result = JsonValue::object();
  if (hashes.sha256) result.set("sha256", json_of(to_hex(*hashes.sha256)));
  if (hashes.sha512) {
    result.set("sha512", json_of(to_hex(std::span<const uint8_t>(*hashes.sha512))));
  }
  return result;
}

JsonValue json_of(const MetaFile& file) {
  JsonValue result = JsonValue::object();
  result.set("version", json_of(file.version));
  if (file.length) result.set("length", json_of(*file.length));
  if (file.hashes) result.set("hashes", json_of(*file.hashes));
  return result;
}

JsonValue json_of(const std::vector<std::string>& texts) {
  JsonValue result = JsonValue::array();
  for (const std::string& text : texts) result.items.push_back(json_of(text));
  return result;
}

JsonValue json_of(const RoleKeys& role) {
  JsonValue result = JsonValue::object();
  result.set("keyids", json_of(std::vector<std::string>(role.key_ids.begin(), role.key_ids.end())));
  result.set("threshold", json_of(uint64_t{role.threshold}));
  return result;
}

using KeysById = std::map<std::string, Key>;

JsonValue json_of(const KeysById& keys) {
  JsonValue result = JsonValue::object();
  for (const auto& [key_id, key] : keys) result.set(key_id, rules::read_json(key.json).value);
  return result;
}

JsonValue json_of(const Delegation& delegation) {
  JsonValue result = json_of(delegation.signers);
  result.set("name", json_of(delegation.role));
  result.set("terminating", JsonValue::of_boolean(delegation.is_terminating));
  const bool is_by_hash = !delegation.path_hash_prefixes.empty();
  result.set(is_by_hash ? "path_hash_prefixes" : "paths",
             json_of(is_by_hash ? delegation.path_hash_prefixes : delegation.paths));
  return result;
}

JsonValue json_of(const std::vector<Delegation>& delegations) {
  KeysById keys;
  JsonValue roles = JsonValue::array();
  for (const Delegation& delegation : delegations) {
    keys.insert(delegation.signers.keys.begin(), delegation.signers.keys.end());
    roles.items.push_back(json_of(delegation));
  }
  JsonValue result = JsonValue::object();
  result.set("keys", json_of(keys));
  result.set("roles", std::move(roles));
  return result;
}

JsonValue json_of(const TargetFile& file) {
  JsonValue result = JsonValue::object();
  result.set("length", json_of(file.length));
  result.set("hashes", json_of(file.hashes));
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
  KeysById all_keys;
  JsonValue roles = JsonValue::object();
  const auto add_role = [&](std::string_view name, const RoleKeys& role) {
    all_keys.insert(role.keys.begin(), role.keys.end());
    roles.set(name, json_of(role));
  };
  add_role("root", root.root);
  add_role("timestamp", root.timestamp);
  add_role("snapshot", root.snapshot);
  add_role("targets", root.targets);
  JsonValue signed_part = begin_signed("root", root);
  signed_part.set("consistent_snapshot", JsonValue::of_boolean(root.has_consistent_snapshots));
  signed_part.set("keys", json_of(all_keys));
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
  if (!targets.delegations.empty()) {
    signed_part.set("delegations", json_of(targets.delegations));
  }
  return sign(std::move(signed_part), keys);
}

std::string with_signature(std::string_view document, const KeyIdSignature& signature) {
  rules::JsonValue value = rules::read_json(document).value;
  for (rules::JsonMember& member : value.members) {
    if (member.key != "signatures") continue;
    std::erase_if(member.value.items, [&](const JsonValue& other) {
      const JsonValue* key_id = other.find("keyid");
      return key_id != nullptr && key_id->text == signature.key_id;
    });
    JsonValue added = JsonValue::object();
    added.set("keyid", json_of(signature.key_id));
    added.set("sig", json_of(to_hex(as_bytes(signature.signature))));
    member.value.items.push_back(std::move(added));
  }
  return rules::to_canonical_json(value);
}

KeyIdSignature sign_as(const SigningKey& key, const Metadata& metadata) {
  const Signature raw = key.sign(metadata.signed_bytes);
  return {key.public_key().key_id(), std::string(raw.begin(), raw.end())};
}

}  // namespace xsell::sync::tuf

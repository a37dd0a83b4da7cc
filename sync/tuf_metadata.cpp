#include "sync/tuf_metadata.h"

#include <algorithm>
#include <set>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/canonical_json.h"
#include "sync/hex.h"
#include "sync/limits.h"

namespace xsell::sync::tuf {
namespace {

using rules::JsonKind;
using rules::JsonValue;

[[noreturn]] void refuse(std::string_view role, const std::string& what) {
  throw Error(Problem::kFormat, std::string(role) + " metadata: " + what);
}

// The members of one JSON object of a role's document, by name and kind.
class Fields {
 public:
  Fields(const JsonValue& object, std::string_view role, std::string place)
      : object_(object), role_(role), place_(std::move(place)) {
    if (!object_.is_object()) refuse(role_, place_ + " must be an object");
  }

  const JsonValue& any(std::string_view name) const {
    const JsonValue* value = object_.find(name);
    if (value == nullptr) refuse(role_, place_ + " has no \"" + std::string(name) + '"');
    return *value;
  }

  const JsonValue& of_kind(std::string_view name, JsonKind kind) const {
    const JsonValue& value = any(name);
    if (value.kind != kind) {
      refuse(role_, place_of(name) + " must be " + std::string(rules::describe(kind)));
    }
    return value;
  }

  const std::string& text(std::string_view name) const {
    return of_kind(name, JsonKind::string).text;
  }

  bool boolean(std::string_view name) const { return of_kind(name, JsonKind::boolean).boolean; }

  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> result;
    for (const JsonValue& item : of_kind(name, JsonKind::array).items) {
      if (!item.is_string()) refuse(role_, place_of(name) + " must hold strings");
      result.push_back(item.text);
    }
    return result;
  }

  uint64_t number(std::string_view name, uint64_t least, uint64_t most) const {
    const int64_t value = of_kind(name, JsonKind::integer).integer;
    if (value < 0 || static_cast<uint64_t>(value) < least || static_cast<uint64_t>(value) > most) {
      refuse(role_, place_of(name) + " is out of range: " + std::to_string(value));
    }
    return static_cast<uint64_t>(value);
  }

  uint64_t version() const { return number("version", 1, limits::kMaxVersion); }
  bool has(std::string_view name) const { return object_.find(name) != nullptr; }

  Fields object(std::string_view name) const { return {any(name), role_, place_of(name)}; }
  const std::vector<rules::JsonMember>& members() const { return object_.members; }
  std::string place_of(std::string_view name) const { return place_ + '.' + std::string(name); }
  std::string_view role() const { return role_; }

 private:
  const JsonValue& object_;
  std::string_view role_;
  std::string place_;
};

std::vector<KeyIdSignature> parse_signatures(const Fields& document) {
  std::vector<KeyIdSignature> signatures;
  std::set<std::string_view> key_ids;
  for (const JsonValue& item : document.of_kind("signatures", JsonKind::array).items) {
    const Fields fields(item, document.role(), "a signature");
    const std::string& key_id = fields.text("keyid");
    if (!key_ids.insert(key_id).second) {
      refuse(document.role(), "two signatures with the key identifier " + key_id);
    }
    signatures.push_back({key_id, from_hex(fields.text("sig")).value_or(std::string())});
  }
  return signatures;
}

// Reads the envelope and what all roles have, then lets the role take its own fields from "signed".
template <typename Role, typename ParseSigned>
Role parse_document(std::string_view bytes, std::string_view role, uint64_t max_bytes,
                    ParseSigned parse_signed) {
  if (bytes.size() > max_bytes) {
    throw Error(Problem::kTooLarge,
                std::string(role) + " metadata is over " + std::to_string(max_bytes) + " bytes");
  }
  const rules::JsonDocument document =
      rules::read_json(bytes, {.max_bytes = static_cast<size_t>(max_bytes),
                               .max_depth = limits::kMetadataDepth,
                               .integers_only = true});
  if (document.error) {
    refuse(role, "line " + std::to_string(document.error->line) + ", column " +
                     std::to_string(document.error->column) + ": " + document.error->message);
  }

  const Fields envelope(document.value, role, "the document");
  const Fields fields = envelope.object("signed");
  if (fields.text("_type") != role) refuse(role, "_type is \"" + fields.text("_type") + '"');
  if (!fields.text("spec_version").starts_with("1.")) {
    refuse(role, "spec_version " + fields.text("spec_version") + " is not understood");
  }
  const auto expires_s = parse_utc_time(fields.text("expires"));
  if (!expires_s) refuse(role, "expires is no UTC time: " + fields.text("expires"));

  Role result;
  result.version = fields.version();
  result.expires_s = *expires_s;
  result.document_sha256 = sha256(bytes);
  result.signed_bytes = to_olpc_canonical_json(envelope.any("signed"));
  result.signatures = parse_signatures(envelope);
  parse_signed(fields, result);
  return result;
}

using KeysById = std::map<std::string, Key>;

// Keys are only read as text here. One whose kind or form is not understood does no harm to a role
// that can do without it.
KeysById parse_keys(const Fields& keys) {
  KeysById result;
  for (const auto& member : keys.members()) {
    const Fields fields = keys.object(member.key);
    const Fields value = fields.object("keyval");
    Key key;
    key.type = fields.text("keytype");
    key.scheme = fields.text("scheme");
    if (value.has("public") && value.any("public").is_string()) key.value = value.text("public");
    key.json = to_olpc_canonical_json(member.value);
    result.emplace(member.key, std::move(key));
  }
  return result;
}

RoleKeys parse_role_keys(const Fields& fields, const KeysById& keys) {
  RoleKeys result;
  result.threshold = static_cast<uint32_t>(fields.number("threshold", 1, UINT32_MAX));
  for (const std::string& key_id : fields.texts("keyids")) {
    if (!result.key_ids.insert(key_id).second) {
      refuse(fields.role(), fields.place_of("keyids") + " lists key " + key_id + " twice");
    }
    if (const auto key = keys.find(key_id); key != keys.end()) result.keys.insert(*key);
  }
  return result;
}

Hashes parse_hashes(const Fields& hashes) {
  Hashes result;
  if (hashes.has("sha256")) {
    result.sha256 = sha256_from_hex(hashes.text("sha256"));
    if (!result.sha256) refuse(hashes.role(), hashes.place_of("sha256") + " is no SHA-256");
  }
  if (hashes.has("sha512")) {
    const auto raw = from_hex(hashes.text("sha512"));
    if (!raw || raw->size() != sizeof(Sha512)) {
      refuse(hashes.role(), hashes.place_of("sha512") + " is no SHA-512");
    }
    std::copy(raw->begin(), raw->end(), result.sha512.emplace().begin());
  }
  return result;
}

MetaFile parse_meta_file(const Fields& fields) {
  MetaFile file;
  file.version = fields.version();
  if (fields.has("length")) file.length = fields.number("length", 1, limits::kMaxVersion);
  if (fields.has("hashes")) file.hashes = parse_hashes(fields.object("hashes"));
  return file;
}

TargetFile parse_target_file(const std::string& name, const Fields& fields) {
  TargetFile file;
  file.name = name;
  file.length = fields.number("length", 0, limits::kMaxVersion);
  file.hashes = parse_hashes(fields.object("hashes"));
  if (fields.has("custom")) {
    // Not the signed form: that one leaves control characters bare, which is no JSON.
    file.custom = rules::to_canonical_json(fields.of_kind("custom", JsonKind::object));
  }
  return file;
}

Delegation parse_delegation(const Fields& fields, const KeysById& keys) {
  Delegation delegation;
  delegation.role = fields.text("name");
  if (!can_be_delegated(delegation.role)) {
    refuse(fields.role(), "the role name \"" + delegation.role + "\" cannot be delegated");
  }
  delegation.signers = parse_role_keys(fields, keys);
  delegation.is_terminating = fields.has("terminating") && fields.boolean("terminating");
  if (fields.has("paths")) delegation.paths = fields.texts("paths");
  if (fields.has("path_hash_prefixes")) {
    if (fields.has("paths")) refuse(fields.role(), "a delegation by both paths and hashes");
    delegation.path_hash_prefixes = fields.texts("path_hash_prefixes");
  }
  return delegation;
}

std::vector<Delegation> parse_delegations(const Fields& fields) {
  const KeysById keys = parse_keys(fields.object("keys"));
  std::vector<Delegation> delegations;
  std::set<std::string_view> names;
  for (const JsonValue& item : fields.of_kind("roles", JsonKind::array).items) {
    delegations.push_back(parse_delegation(Fields(item, fields.role(), "a delegation"), keys));
  }
  for (const Delegation& delegation : delegations) {
    if (!names.insert(delegation.role).second) {
      refuse(fields.role(), "delegates to " + delegation.role + " twice");
    }
  }
  return delegations;
}

}  // namespace

Root parse_root(std::string_view bytes) {
  return parse_document<Root>(
      bytes, "root", limits::kRootBytes, [](const Fields& fields, Root& root) {
        root.has_consistent_snapshots =
            fields.has("consistent_snapshot") && fields.boolean("consistent_snapshot");
        const KeysById keys = parse_keys(fields.object("keys"));
        const Fields roles = fields.object("roles");
        root.root = parse_role_keys(roles.object("root"), keys);
        root.timestamp = parse_role_keys(roles.object("timestamp"), keys);
        root.snapshot = parse_role_keys(roles.object("snapshot"), keys);
        root.targets = parse_role_keys(roles.object("targets"), keys);
      });
}

Timestamp parse_timestamp(std::string_view bytes) {
  return parse_document<Timestamp>(
      bytes, "timestamp", limits::kTimestampBytes, [](const Fields& fields, Timestamp& timestamp) {
        timestamp.snapshot = parse_meta_file(fields.object("meta").object("snapshot.json"));
        if (fields.has(kSignedAtField)) {
          timestamp.signed_at_s = parse_utc_time(fields.text(kSignedAtField));
        }
      });
}

Snapshot parse_snapshot(std::string_view bytes) {
  return parse_document<Snapshot>(
      bytes, "snapshot", limits::kSnapshotBytes, [](const Fields& fields, Snapshot& snapshot) {
        const Fields meta = fields.object("meta");
        for (const auto& member : meta.members()) {
          snapshot.meta.emplace(member.key, parse_meta_file(meta.object(member.key)));
        }
        if (!snapshot.meta.contains("targets.json")) refuse("snapshot", "no targets.json in meta");
      });
}

Targets parse_targets(std::string_view bytes) {
  return parse_document<Targets>(
      bytes, "targets", limits::kTargetsBytes, [](const Fields& fields, Targets& targets) {
        const Fields files = fields.object("targets");
        for (const auto& member : files.members()) {
          targets.files.emplace(member.key,
                                parse_target_file(member.key, files.object(member.key)));
        }
        if (fields.has("delegations")) {
          targets.delegations = parse_delegations(fields.object("delegations"));
        }
      });
}

void require_signatures(const Metadata& metadata, const RoleKeys& signers, std::string_view what) {
  const size_t count = count_signers(metadata.signed_bytes, metadata.signatures, signers);
  if (count < signers.threshold) {
    throw Error(Problem::kSignature, std::string(what) + " has " + std::to_string(count) + " of " +
                                         std::to_string(signers.threshold) + " valid signatures");
  }
}

const Delegation* Targets::find_delegation(std::string_view role) const {
  const auto found =
      std::find_if(delegations.begin(), delegations.end(),
                   [&](const Delegation& delegation) { return delegation.role == role; });
  return found == delegations.end() ? nullptr : &*found;
}

bool is_safe_target_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kTargetNameBytes) return false;
  char previous = '/';
  for (const char c : name) {
    const bool is_letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool is_inner = previous != '/' && (c == '.' || c == '-' || c == '/');
    if (!is_letter_or_digit && !is_inner && c != '_') return false;
    previous = c;
  }
  return previous != '/';
}

}  // namespace xsell::sync::tuf

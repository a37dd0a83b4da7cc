#include "sync/rollout.h"

#include <algorithm>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/sha256.h"

namespace xsell::sync {
namespace {

using rules::JsonValue;

constexpr std::string_view kSchema = "xsell.rollout/1";

std::optional<RolloutEntry> read_entry(const JsonValue& object) {
  const JsonValue* version = object.find("version");
  const JsonValue* stores_bp = object.find("stores_bp");
  const JsonValue* lab = object.find("lab");
  const JsonValue* is_held = object.find("is_held");
  if (version == nullptr || !version->is_integer() || version->integer < 1 ||
      stores_bp == nullptr || !stores_bp->is_integer() || stores_bp->integer < 0 ||
      stores_bp->integer > kAllStores_bp) {
    return std::nullopt;
  }
  RolloutEntry entry{.version = static_cast<uint64_t>(version->integer),
                     .stores_bp = static_cast<uint32_t>(stores_bp->integer),
                     .is_held = is_held != nullptr && is_held->is_boolean() && is_held->boolean};
  if (lab != nullptr && lab->is_array()) {
    for (const JsonValue& store : lab->items) {
      if (store.is_string()) entry.lab.push_back(store.text);
    }
  }
  return entry;
}

}  // namespace

uint32_t rollout_bucket(std::string_view salt, std::string_view store) {
  const Sha256 digest = sha256(std::string(salt) + '|' + std::string(store));
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return static_cast<uint32_t>(number % kAllStores_bp);
}

const RolloutEntry* Rollout::find(uint64_t version) const {
  const auto found = std::find_if(releases.begin(), releases.end(),
                                  [&](const auto& entry) { return entry.version == version; });
  return found == releases.end() ? nullptr : &*found;
}

bool Rollout::lets(uint64_t version, std::string_view salt, std::string_view store) const {
  const RolloutEntry* entry = find(version);
  if (entry == nullptr) return salt.empty();
  if (entry->is_held) return false;
  return std::find(entry->lab.begin(), entry->lab.end(), store) != entry->lab.end() ||
         rollout_bucket(salt, store) < entry->stores_bp;
}

bool Rollout::lets_all(uint64_t version, std::string_view salt) const {
  const RolloutEntry* entry = find(version);
  return entry == nullptr ? salt.empty() : !entry->is_held && entry->stores_bp == kAllStores_bp;
}

std::string to_json(const Rollout& rollout) {
  JsonValue list = JsonValue::array();
  for (const RolloutEntry& entry : rollout.releases) {
    JsonValue lab = JsonValue::array();
    for (const std::string& store : entry.lab) {
      lab.items.push_back(JsonValue::of(std::string_view(store)));
    }
    JsonValue json = JsonValue::object();
    json.set("version", JsonValue::of(static_cast<int64_t>(entry.version)));
    json.set("stores_bp", JsonValue::of(int64_t{entry.stores_bp}));
    json.set("lab", std::move(lab));
    json.set("is_held", JsonValue::of_boolean(entry.is_held));
    list.items.push_back(std::move(json));
  }
  JsonValue json = JsonValue::object();
  json.set("schema", JsonValue::of(kSchema));
  json.set("releases", std::move(list));
  return rules::to_canonical_json(json);
}

std::optional<Rollout> parse_rollout(std::string_view json) {
  const auto document = rules::read_json(json, {.integers_only = true});
  const JsonValue* schema = document.value.find("schema");
  const JsonValue* releases = document.value.find("releases");
  if (document.error || schema == nullptr || schema->text != kSchema || releases == nullptr ||
      !releases->is_array()) {
    return std::nullopt;
  }
  Rollout rollout;
  for (const JsonValue& object : releases->items) {
    if (auto entry = read_entry(object)) rollout.releases.push_back(std::move(*entry));
  }
  return rollout;
}

}  // namespace xsell::sync

#include "sync/control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::sync {
namespace {

using rules::JsonValue;

constexpr std::string_view kSchema = "xsell.control/1";
constexpr std::array<std::pair<KillScope, std::string_view>, 5> kScopes = {
    {{KillScope::kAll, "all"},
     {KillScope::kRule, "rule"},
     {KillScope::kCampaign, "campaign"},
     {KillScope::kPluginVersion, "plugin_version"},
     {KillScope::kStoreGroup, "store_group"}}};

std::string text(const JsonValue& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  return value != nullptr && value->is_string() ? value->text : std::string();
}

std::optional<Kill> read_kill(const JsonValue& object) {
  const auto scope = kill_scope_of(text(object, "scope"));
  const JsonValue* since = object.find("since");
  Kill kill{.scope = scope.value_or(KillScope::kAll),
            .value = text(object, "value"),
            .reason = text(object, "reason"),
            .since_s = since != nullptr && since->is_integer() ? since->integer : 0};
  if (!scope || (kill.value.empty() && *scope != KillScope::kAll)) return std::nullopt;
  return kill;
}

bool has(const std::vector<Kill>& kills, KillScope scope, std::string_view value) {
  return std::any_of(kills.begin(), kills.end(),
                     [&](const Kill& kill) { return kill.scope == scope && kill.value == value; });
}

}  // namespace

std::string_view name_of(KillScope scope) {
  const auto found = std::find_if(kScopes.begin(), kScopes.end(),
                                  [&](const auto& entry) { return entry.first == scope; });
  return found->second;
}

std::optional<KillScope> kill_scope_of(std::string_view name) {
  const auto found = std::find_if(kScopes.begin(), kScopes.end(),
                                  [&](const auto& entry) { return entry.second == name; });
  if (found == kScopes.end()) return std::nullopt;
  return found->first;
}

const Kill* Control::find_lane_kill(std::string_view plugin_version,
                                    const std::vector<std::string>& store_groups) const {
  const auto found = std::find_if(kills.begin(), kills.end(), [&](const Kill& kill) {
    if (kill.scope == KillScope::kPluginVersion) return kill.value == plugin_version;
    if (kill.scope == KillScope::kStoreGroup) {
      return std::find(store_groups.begin(), store_groups.end(), kill.value) != store_groups.end();
    }
    return kill.scope == KillScope::kAll;
  });
  return found == kills.end() ? nullptr : &*found;
}

bool Control::kills_rule(std::string_view rule_id) const {
  return has(kills, KillScope::kRule, rule_id);
}

bool Control::kills_campaign(std::string_view promotion) const {
  return has(kills, KillScope::kCampaign, promotion);
}

std::string to_json(const Control& control) {
  JsonValue list = JsonValue::array();
  for (const Kill& kill : control.kills) {
    JsonValue entry = JsonValue::object();
    entry.set("scope", JsonValue::of(name_of(kill.scope)));
    if (!kill.value.empty()) entry.set("value", JsonValue::of(std::string_view(kill.value)));
    entry.set("reason", JsonValue::of(std::string_view(kill.reason)));
    entry.set("since", JsonValue::of(kill.since_s));
    list.items.push_back(std::move(entry));
  }
  JsonValue json = JsonValue::object();
  json.set("schema", JsonValue::of(kSchema));
  json.set("kills", std::move(list));
  return rules::to_canonical_json(json);
}

std::optional<Control> parse_control(std::string_view json) {
  const auto document = rules::read_json(json, {.integers_only = true});
  const JsonValue* kills = document.value.find("kills");
  if (document.error || text(document.value, "schema") != kSchema || kills == nullptr ||
      !kills->is_array()) {
    return std::nullopt;
  }
  Control control;
  for (const JsonValue& entry : kills->items) {
    if (const auto kill = read_kill(entry)) control.kills.push_back(*kill);
  }
  return control;
}

}  // namespace xsell::sync

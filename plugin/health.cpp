#include "plugin/health.h"

#include <algorithm>
#include <cstring>

#include "offline_cache/database.h"
#include "plugin/text_cut.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/linked_libraries.h"

namespace xsell::plugin {
namespace {

using rules::JsonValue;

std::string_view name_of(xsell_health_state state) {
  switch (state) {
    case XSELL_HEALTH_STOPPED:
      return "stopped";
    case XSELL_HEALTH_STARTING:
      return "starting";
    case XSELL_HEALTH_READY:
      return "ready";
    case XSELL_HEALTH_NO_RULES:
      return "no_rules";
    case XSELL_HEALTH_DISABLED:
      return "disabled";
    case XSELL_HEALTH_DEGRADED:
      return "degraded";
  }
  return "unknown";
}

std::string_view name_of(xsell_connection connection) {
  switch (connection) {
    case XSELL_CONNECTION_NONE:
      return "none";
    case XSELL_CONNECTION_OFFLINE:
      return "offline";
    case XSELL_CONNECTION_POLLING:
      return "polling";
    case XSELL_CONNECTION_PUSH:
      return "push";
  }
  return "unknown";
}

std::string_view name_of(xsell_freshness freshness) {
  switch (freshness) {
    case XSELL_FRESHNESS_NONE:
      return "none";
    case XSELL_FRESHNESS_OK:
      return "ok";
    case XSELL_FRESHNESS_STALE:
      return "stale";
    case XSELL_FRESHNESS_FROZEN:
      return "frozen";
  }
  return "unknown";
}

// Null when the last update went well.
JsonValue last_error_json(const Health& health) {
  if (health.last_error.empty()) return {};
  JsonValue json = JsonValue::object();
  json.set("name", JsonValue::of(std::string_view(health.last_error)));
  json.set("detail", JsonValue::of(std::string_view(health.last_error_detail)));
  json.set("version", JsonValue::of(static_cast<int64_t>(health.last_error_version)));
  json.set("at_s", JsonValue::of(health.last_error_s));
  return json;
}

JsonValue libraries_json() {
  JsonValue json = JsonValue::object();
  for (const auto& [name, version] : sync::linked_libraries()) {
    json.set(name, JsonValue::of(std::string_view(version)));
  }
  json.set("sqlite", JsonValue::of(offline_cache::sqlite_version()));
  return json;
}

}  // namespace

void HealthBoard::set(const Health& health) {
  const std::lock_guard lock(mutex_);
  health_ = health;
}

Health HealthBoard::get() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void HealthBoard::write(xsell_health* out) const {
  xsell_health filled{};
  {
    const std::lock_guard lock(mutex_);
    filled.state = static_cast<uint32_t>(health_.state);
    filled.connection = static_cast<uint32_t>(health_.connection);
    filled.freshness = static_cast<uint32_t>(health_.freshness);
    filled.ready_version = health_.ready_version;
    filled.rule_count = health_.rule_count;
    filled.skipped_rules = health_.skipped_rules;
    filled.item_count = health_.item_count;
    filled.last_contact_s = health_.last_contact_s;
    filled.outcomes_pending = health_.outcomes_pending;
    filled.log_lines_dropped = health_.log_lines_dropped;
    copy_cut(filled.business_unit, health_.business_unit);
    copy_cut(filled.workstation, health_.workstation);
    copy_cut(filled.message, health_.message);
    filled.head_signed_s = health_.head_signed_s;
    copy_cut(filled.source, health_.source);
    copy_cut(filled.last_error, health_.last_error);
  }
  filled.rule_set_version = counters_.rule_set_version.load(std::memory_order_relaxed);
  filled.events = counters_.events.load(std::memory_order_relaxed);
  filled.prompts = counters_.prompts.load(std::memory_order_relaxed);
  filled.outcomes_lost = counters_.outcomes_lost.load(std::memory_order_relaxed);

  const uint32_t room = out->struct_size;
  const uint32_t size = std::min<uint32_t>(room, sizeof filled);
  filled.struct_size = size;
  std::memcpy(out, &filled, size);
  std::memset(reinterpret_cast<char*>(out) + size, 0, room - size);
}

std::string HealthBoard::to_json(const std::string& plugin_version, int64_t now_s,
                                 const Files& files, JsonValue silence) const {
  const Health health = get();
  const auto number = [](uint64_t value) { return JsonValue::of(static_cast<int64_t>(value)); };
  JsonValue json = JsonValue::object();
  json.set("schema", JsonValue::of(std::string_view("xsell.status/1")));
  json.set("plugin_version", JsonValue::of(std::string_view(plugin_version)));
  json.set("updated_s", JsonValue::of(now_s));
  json.set("state", JsonValue::of(name_of(health.state)));
  json.set("connection", JsonValue::of(name_of(health.connection)));
  json.set("freshness", JsonValue::of(name_of(health.freshness)));
  json.set("store", JsonValue::of(std::string_view(health.business_unit)));
  json.set("lane", JsonValue::of(std::string_view(health.workstation)));
  json.set("rule_set_version", number(counters_.rule_set_version.load(std::memory_order_relaxed)));
  json.set("ready_version", number(health.ready_version));
  json.set("rule_count", number(health.rule_count));
  json.set("skipped_rules", number(health.skipped_rules));
  json.set("item_count", number(health.item_count));
  json.set("last_contact_s", JsonValue::of(health.last_contact_s));
  json.set("events", number(counters_.events.load(std::memory_order_relaxed)));
  json.set("prompts", number(counters_.prompts.load(std::memory_order_relaxed)));
  json.set("outcomes_pending", number(health.outcomes_pending));
  json.set("outcomes_lost", number(counters_.outcomes_lost.load(std::memory_order_relaxed)));
  json.set("outcomes_dropped", number(health.outcomes_dropped));
  json.set("outcomes_refused", number(health.outcomes_refused));
  json.set("log_lines_dropped", number(health.log_lines_dropped));
  json.set("message", JsonValue::of(std::string_view(health.message)));
  json.set("head_signed_s", JsonValue::of(health.head_signed_s));
  json.set("source", JsonValue::of(std::string_view(health.source)));
  json.set("updates_by_delta", number(health.updates_by_delta));
  json.set("updates_by_bundle", number(health.updates_by_bundle));
  json.set("last_error", last_error_json(health));
  JsonValue pinned = JsonValue::array();
  for (const uint64_t version : health.pinned_versions) pinned.items.push_back(number(version));
  json.set("pinned_versions", std::move(pinned));
  JsonValue sizes = JsonValue::object();
  for (const auto& [name, bytes] : files) sizes.set(name, number(bytes));
  json.set("files", std::move(sizes));
  json.set("libraries", libraries_json());
  json.set("silence", std::move(silence));
  return rules::to_canonical_json(json);
}

}  // namespace xsell::plugin

#include <ctime>

#include "offline_cache/data_folder.h"
#include "plugin/files.h"
#include "plugin/tool/commands.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::plugin::tool {
namespace {

constexpr size_t kMaxStatusBytes = 64 * 1024;

std::string text_of(const rules::JsonValue& json, std::string_view name) {
  const rules::JsonValue* value = json.find(name);
  return value && value->is_string() ? value->text : std::string();
}

int64_t number_of(const rules::JsonValue& json, std::string_view name) {
  const rules::JsonValue* value = json.find(name);
  return value && value->is_integer() ? value->integer : 0;
}

std::string utc_text(int64_t time_s) {
  if (time_s == 0) return "never";
  const std::time_t time = time_s;
  std::tm parts{};
  char text[32];
  ::gmtime_r(&time, &parts);
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

// A lane that could not be set up holds no lock, but it goes on telling how it is.
bool is_recent(const rules::JsonValue& json) {
  constexpr int64_t kRecent_s = 15;
  return text_of(json, "state") != "stopped" &&
         static_cast<int64_t>(std::time(nullptr)) - number_of(json, "updated_s") < kRecent_s;
}

std::string describe_state(const std::string& state, bool is_running) {
  if (!is_running) return "not running: no till has the plugin started";
  if (state == "ready") return "ready: prompting";
  if (state == "starting") return "starting: loading rules";
  if (state == "no_rules") return "no rules yet";
  if (state == "disabled") return "switched off; on again with: xsell off --undo";
  if (state == "degraded") return "something is broken";
  return state;
}

std::string describe_connection(const std::string& connection) {
  if (connection == "push") return "online, updates are pushed";
  if (connection == "polling") return "online, updates are polled";
  if (connection == "offline") return "offline; prompting goes on";
  return "none: local rules, or not enrolled";
}

std::string describe_source(const std::string& source) {
  if (source == "hq") return "HQ";
  if (source == "folder") return "a folder";
  if (source == "disk") return "this till's disk";
  return "nowhere";
}

void write_pins(std::ostream& out, const rules::JsonValue& json) {
  const rules::JsonValue* pinned = json.find("pinned_versions");
  if (!pinned || pinned->items.empty()) return;
  out << "             set aside:";
  for (const rules::JsonValue& version : pinned->items) out << ' ' << version.integer;
  out << "; try again with: xsell unpin\n";
}

void write_last_error(std::ostream& out, const rules::JsonValue& json) {
  const rules::JsonValue* error = json.find("last_error");
  if (!error || !error->is_object()) return;
  out << "last update  failed (" << text_of(*error, "name") << ") at "
      << utc_text(number_of(*error, "at_s")) << ": " << text_of(*error, "detail") << "\n";
}

// Names and values on one line.
void write_list(std::ostream& out, const char* title, const rules::JsonValue* list,
                const char* unit) {
  if (!list || list->members.empty()) return;
  out << title;
  const char* gap = "";
  for (const rules::JsonMember& member : list->members) {
    out << gap << member.key << ' ';
    if (member.value.is_integer()) {
      out << member.value.integer << unit;
    } else {
      out << member.value.text;
    }
    gap = ", ";
  }
  out << "\n";
}

// The rules that were silent most often, with the reason, of the rule set in use.
void write_silence(std::ostream& out, const rules::JsonValue& json) {
  constexpr size_t kMaxTold = 5;
  const rules::JsonValue* silence = json.find("silence");
  if (!silence || silence->items.empty()) return;
  const rules::JsonValue* rows = silence->items.front().find("rows");
  if (!rows || rows->items.empty()) return;
  const char* title = "silent       ";
  for (size_t i = 0; i < rows->items.size() && i < kMaxTold; ++i) {
    const auto& row = rows->items[i].items;
    if (row.size() != 3) continue;
    const std::string& rule = row[0].text;
    out << title << (rule.empty() ? "other rules" : rule) << ": " << row[1].text << ", "
        << row[2].integer << " times\n";
    title = "             ";
  }
  if (rows->items.size() > kMaxTold) out << title << "and more: xsell --json status\n";
}

}  // namespace

int status(Context& context) {
  const std::string& folder = context.configuration.data_folder;
  try {
    const auto text = offline_cache::read_file(folder + "/" + kStatusFile, kMaxStatusBytes);
    rules::JsonValue json = rules::JsonValue::object();
    if (text) {
      rules::JsonDocument document = rules::read_json(*text);
      if (document.error)
        return fail(context, folder + "/" + kStatusFile + ": damaged; the lane writes it anew");
      json = std::move(document.value);
    }
    const std::string state = text_of(json, "state");
    const bool is_running = is_lane_running(folder) || is_recent(json);
    const bool is_enrolled = offline_cache::file_exists(folder + "/" + kIdentityFile);
    const int code = is_running && state == "ready" ? kExitOk : kExitNotReady;
    if (context.is_json) {
      json.set("is_running", rules::JsonValue::of_boolean(is_running));
      json.set("is_enrolled", rules::JsonValue::of_boolean(is_enrolled));
      json.set("data_folder", rules::JsonValue::of(std::string_view(folder)));
      context.out << rules::to_canonical_json(json) << "\n";
      return code;
    }
    std::ostream& out = context.out;
    out << "data folder  " << folder << "\n";
    out << "enrolled     " << (is_enrolled ? "yes" : "no") << "\n";
    out << "state        " << describe_state(state, is_running) << "\n";
    if (!text) return code;
    out << "store, lane  " << text_of(json, "store") << ", " << text_of(json, "lane") << "\n";
    out << "rule set     " << number_of(json, "ready_version") << " ("
        << number_of(json, "rule_count") << " rules, " << number_of(json, "item_count") << " items";
    if (text_of(json, "freshness") == "stale") out << "; STALE: HQ has not signed for too long";
    if (text_of(json, "freshness") == "frozen") out << "; FROZEN: HQ answers, but signs no more";
    out << ")\n";
    out << "             from " << describe_source(text_of(json, "source")) << "; HQ last signed "
        << utc_text(number_of(json, "head_signed_s")) << "\n";
    write_pins(out, json);
    if (number_of(json, "skipped_rules") != 0) {
      out << "             " << number_of(json, "skipped_rules")
          << " rules need a later version of the plugin and stay silent\n";
    }
    out << "HQ           " << describe_connection(text_of(json, "connection")) << "; last contact "
        << utc_text(number_of(json, "last_contact_s")) << "\n";
    write_last_error(out, json);
    out << "outcomes     " << number_of(json, "outcomes_pending") << " waiting, "
        << number_of(json, "outcomes_lost") << " lost, " << number_of(json, "outcomes_dropped")
        << " dropped, " << number_of(json, "outcomes_refused") << " refused by HQ\n";
    out << "since start  " << number_of(json, "events") << " events, " << number_of(json, "prompts")
        << " prompts; updates: " << number_of(json, "updates_by_delta") << " deltas, "
        << number_of(json, "updates_by_bundle") << " whole\n";
    write_silence(out, json);
    write_list(out, "files        ", json.find("files"), " bytes");
    write_list(out, "libraries    ", json.find("libraries"), "");
    if (const std::string message = text_of(json, "message"); !message.empty()) {
      out << "trouble      " << message << "\n";
    }
    return code;
  } catch (const std::exception& error) {
    return fail(context, error.what());
  }
}

}  // namespace xsell::plugin::tool

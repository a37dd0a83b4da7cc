#include "plugin/configuration.h"

#include <algorithm>
#include <functional>
#include <map>

#include "offline_cache/data_folder.h"
#include "rules/model_names.h"
#include "rules/strict_json.h"
#include "sync/hq_endpoint.h"

namespace xsell::plugin {
namespace {

using rules::JsonKind;
using rules::JsonMember;
using rules::JsonValue;

constexpr int64_t kMostLanes = 10'000;
constexpr size_t kMaxFileBytes = 64 * 1024;
constexpr size_t kMaxTextBytes = 512;
constexpr std::string_view kSchema = "xsell.config/1";

// Reads one document, noting every error with its place.
class Reader {
 public:
  Reader(const std::string& file_name, ReadConfiguration& out) : file_(file_name), out_(out) {}

  void read(std::string_view text) {
    rules::JsonLimits limits;
    limits.max_bytes = kMaxFileBytes;
    limits.max_depth = 8;
    const rules::JsonDocument document = rules::read_json(text, limits);
    if (document.error) {
      fail(document.error->line, document.error->column, document.error->message,
           "correct the file's JSON");
      return;
    }
    if (!document.value.is_object()) {
      fail(document.value, "must hold an object", "write {...}, as docs/configuration.md shows");
      return;
    }
    for (const JsonMember& member : document.value.members) take(member);
  }

 private:
  void fail(uint32_t line, uint32_t column, const std::string& message, const std::string& mend) {
    out_.errors.push_back(file_ + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
                          message + "; " + mend);
  }
  void fail(const JsonValue& at, const std::string& message, const std::string& mend) {
    fail(at.line, at.column, message, mend);
  }

  // Empty means: not said.
  std::string optional_text_of(const JsonValue& value, const std::string& name) {
    return value.is_string() && value.text.empty() ? std::string() : text_of(value, name);
  }

  std::string text_of(const JsonValue& value, const std::string& name) {
    if (!value.is_string() || value.text.empty() || value.text.size() > kMaxTextBytes) {
      fail(value, name + " must be a text that is not empty", "write \"" + name + "\": \"...\"");
      return {};
    }
    return value.text;
  }

  std::vector<std::string> texts_of(const JsonValue& value, const std::string& name) {
    if (value.is_string()) return {text_of(value, name)};
    if (!value.is_array()) {
      fail(value, name + " must be a text or a list of texts", "write \"" + name + "\": [\"...\"]");
      return {};
    }
    std::vector<std::string> texts;
    for (const JsonValue& item : value.items) texts.push_back(text_of(item, name));
    return texts;
  }

  // Relative paths start at the configuration's folder.
  std::string path_of(std::string path) const {
    if (path.empty() || path.front() == '/') return path;
    const size_t slash = file_.rfind('/');
    return slash == std::string::npos ? path : file_.substr(0, slash + 1) + path;
  }
  std::vector<std::string> paths_of(const JsonValue& value, const std::string& name) {
    std::vector<std::string> paths = texts_of(value, name);
    for (std::string& path : paths) path = path_of(path);
    return paths;
  }

  void take_local_rules(const JsonValue& value) {
    if (!value.is_object()) {
      out_.configuration.local_rules = paths_of(value, "local_rules");
      return;
    }
    for (const JsonMember& member : value.members) {
      if (member.key == "rules") {
        out_.configuration.local_rules = paths_of(member.value, "local_rules.rules");
      } else if (member.key == "items") {
        out_.configuration.local_items = paths_of(member.value, "local_rules.items");
      } else {
        fail(member.line, member.column, "local_rules has no field " + member.key,
             "its fields are rules and items");
      }
    }
    if (out_.configuration.local_rules.empty()) {
      fail(value, "local_rules names no rules file", "add \"rules\": \"rules.json\"");
    }
  }

  void take(const JsonMember& member) {
    const std::string& name = member.key;
    const JsonValue& value = member.value;
    Configuration& to = out_.configuration;
    if (name == "schema") {
      if (value.text != kSchema) {
        fail(value, "schema is not known", "write \"schema\": \"" + std::string(kSchema) + "\"");
      }
    } else if (name == "data_folder") {
      to.data_folder = path_of(text_of(value, name));
    } else if (name == "hq") {
      to.hq = optional_text_of(value, name);
      if (!to.hq.empty() && !to.hq.starts_with("https://")) {
        fail(value, "hq must be an https address", "write \"hq\": \"https://...\"");
      }
    } else if (name == "mirror") {
      to.mirror = optional_text_of(value, name);
      if (!to.mirror.empty() && !sync::parse_hq_url(to.mirror)) {
        fail(value, "mirror must be an https address", "write \"mirror\": \"https://...\"");
      }
    } else if (name == "store") {
      to.store = optional_text_of(value, name);
    } else if (name == "lane") {
      to.lane = optional_text_of(value, name);
    } else if (name == "store_groups") {
      to.store_groups = texts_of(value, name);
    } else if (name == "workstation_type") {
      const auto type = rules::value_of<rules::WorkstationType>(value.text);
      if (type) {
        to.workstation_type = *type;
      } else {
        fail(value, "workstation_type is not known",
             "write staffed, self_checkout, mobile or kiosk");
      }
    } else if (name == "time_zone") {
      to.time_zone = optional_text_of(value, name);
    } else if (name == "language") {
      to.language = text_of(value, name);
    } else if (name == "currency") {
      const auto currency = rules::Currency::from_text(value.text);
      if (currency) {
        to.currency = *currency;
      } else {
        fail(value, "currency is no ISO 4217 code", "write three capital letters, such as EUR");
      }
    } else if (name == "lanes_in_store") {
      if (value.is_integer() && value.integer >= 1 && value.integer <= kMostLanes) {
        to.lanes_in_store = static_cast<int32_t>(value.integer);
      } else {
        fail(value, "lanes_in_store is no number of lanes", "write a number from 1 to 10000");
      }
    } else if (name == "scan_layouts") {
      to.scan_layouts = {};
      for (const std::string& pattern : texts_of(value, name)) {
        if (to.scan_layouts.add(pattern)) continue;
        fail(value, "scan_layouts: \"" + pattern + "\" is no layout",
             "write 8, 12 or 13 places of digits, I, W, P, N, V and a C at the end, such as "
             "29IIIIIWWWWWC");
      }
    } else if (name == "local_rules") {
      take_local_rules(value);
    } else {
      fail(member.line, member.column, "there is no field " + name,
           "remove it, or see docs/configuration.md for the fields there are");
    }
  }

  const std::string file_;
  ReadConfiguration& out_;
};

void apply_host(const HostSettings& host, ReadConfiguration& out) {
  Configuration& to = out.configuration;
  const auto set = [](std::string& field, const std::string& value) {
    if (!value.empty()) field = value;
  };
  set(to.data_folder, host.data_folder);
  set(to.store, host.business_unit);
  set(to.lane, host.workstation);
  set(to.language, host.language);
  set(to.time_zone, host.time_zone);
  if (!host.currency.empty()) {
    const auto currency = rules::Currency::from_text(host.currency);
    if (currency) {
      to.currency = *currency;
    } else {
      out.errors.push_back("the till gives the currency " + host.currency +
                           "; it must be three capital letters, such as EUR");
    }
  }
  switch (host.workstation_type) {
    case XSELL_WORKSTATION_STAFFED:
      to.workstation_type = rules::WorkstationType::staffed;
      break;
    case XSELL_WORKSTATION_SELF_CHECKOUT:
      to.workstation_type = rules::WorkstationType::self_checkout;
      break;
    case XSELL_WORKSTATION_MOBILE:
      to.workstation_type = rules::WorkstationType::mobile;
      break;
    case XSELL_WORKSTATION_KIOSK:
      to.workstation_type = rules::WorkstationType::kiosk;
      break;
    default:
      break;
  }
}

}  // namespace

ReadConfiguration parse_configuration(std::string_view text, const std::string& file_name) {
  ReadConfiguration out;
  Reader(file_name, out).read(text);
  return out;
}

ReadConfiguration read_configuration(const HostSettings& host) {
  ReadConfiguration out;
  const bool is_named = !host.config_file.empty();
  const std::string file = is_named ? host.config_file : kDefaultConfigFile;
  try {
    const std::optional<std::string> text = offline_cache::read_file(file, kMaxFileBytes);
    if (text) {
      out = parse_configuration(*text, file);
    } else if (is_named) {
      out.errors.push_back(file +
                           ": the configuration file is not there; make it, or name another");
    }
  } catch (const offline_cache::StorageError& error) {
    out.errors.push_back(error.what());
  }
  apply_host(host, out);
  return out;
}

}  // namespace xsell::plugin

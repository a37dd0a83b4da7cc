#include "sync/canonical_json.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace xsell::sync {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append(std::string& out, const rules::JsonValue& value);

void append_object(std::string& out, const rules::JsonValue& object) {
  std::vector<const rules::JsonMember*> members;
  members.reserve(object.members.size());
  for (const auto& member : object.members) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key < b->key; });

  char separator = '{';
  for (const auto* member : members) {
    out += separator;
    append_string(out, member->key);
    out += ':';
    append(out, member->value);
    separator = ',';
  }
  out += members.empty() ? "{}" : "}";
}

void append_array(std::string& out, const rules::JsonValue& array) {
  char separator = '[';
  for (const auto& item : array.items) {
    out += separator;
    append(out, item);
    separator = ',';
  }
  out += array.items.empty() ? "[]" : "]";
}

void append(std::string& out, const rules::JsonValue& value) {
  using rules::JsonKind;
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      return;
    case JsonKind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonKind::integer:
      out += std::to_string(value.integer);
      return;
    case JsonKind::string:
      return append_string(out, value.text);
    case JsonKind::array:
      return append_array(out, value);
    case JsonKind::object:
      return append_object(out, value);
    case JsonKind::decimal:
      break;
  }
  throw std::invalid_argument("canonical JSON has no decimals: " + value.text);
}

}  // namespace

std::string to_olpc_canonical_json(const rules::JsonValue& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace xsell::sync

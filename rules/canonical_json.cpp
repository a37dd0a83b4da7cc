#include "rules/canonical_json.h"

#include <algorithm>
#include <vector>

namespace xsell::rules {
namespace {

void append(std::string& out, const JsonValue& value);

void append_array(std::string& out, const JsonValue& value) {
  out.push_back('[');
  bool is_first = true;
  for (const JsonValue& item : value.items) {
    if (!is_first) out.push_back(',');
    is_first = false;
    append(out, item);
  }
  out.push_back(']');
}

void append_object(std::string& out, const JsonValue& value) {
  std::vector<const JsonMember*> sorted;
  sorted.reserve(value.members.size());
  for (const JsonMember& member : value.members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const JsonMember* a, const JsonMember* b) { return a->key < b->key; });
  out.push_back('{');
  bool is_first = true;
  for (const JsonMember* member : sorted) {
    if (!is_first) out.push_back(',');
    is_first = false;
    append_json_string(out, member->key);
    out.push_back(':');
    append(out, member->value);
  }
  out.push_back('}');
}

void append(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      break;
    case JsonKind::boolean:
      out += value.boolean ? "true" : "false";
      break;
    case JsonKind::integer:
      out += std::to_string(value.integer);
      break;
    case JsonKind::decimal:
    case JsonKind::string:
      append_json_string(out, value.text);
      break;
    case JsonKind::array:
      append_array(out, value);
      break;
    case JsonKind::object:
      append_object(out, value);
      break;
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out.push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 15U]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string to_canonical_json(const JsonValue& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace xsell::rules

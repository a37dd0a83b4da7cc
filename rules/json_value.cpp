#include <utility>

#include "rules/strict_json.h"

namespace xsell::rules {

JsonValue JsonValue::of(std::int64_t number) {
  JsonValue value;
  value.kind = JsonKind::integer;
  value.integer = number;
  return value;
}

JsonValue JsonValue::of_boolean(bool boolean) {
  JsonValue value;
  value.kind = JsonKind::boolean;
  value.boolean = boolean;
  return value;
}

JsonValue JsonValue::of(std::string_view string) {
  JsonValue value;
  value.kind = JsonKind::string;
  value.text = string;
  return value;
}

JsonValue JsonValue::array() {
  JsonValue value;
  value.kind = JsonKind::array;
  return value;
}

JsonValue JsonValue::object() {
  JsonValue value;
  value.kind = JsonKind::object;
  return value;
}

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

JsonValue& JsonValue::set(std::string_view key, JsonValue value) {
  JsonMember& member = members.emplace_back();
  member.key = key;
  member.value = std::move(value);
  return member.value;
}

std::string_view describe(JsonKind kind) {
  switch (kind) {
    case JsonKind::null:
      return "null";
    case JsonKind::boolean:
      return "true or false";
    case JsonKind::integer:
      return "a whole number";
    case JsonKind::decimal:
      return "a decimal";
    case JsonKind::string:
      return "a string";
    case JsonKind::array:
      return "a list";
    case JsonKind::object:
      return "an object";
  }
  return "a value";
}

}  // namespace xsell::rules

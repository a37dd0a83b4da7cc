// A strict JSON reader: one pass, UTF-8 checked, duplicate keys refused, every value with its line
// and column. Used for authored files, signed metadata, release lines and configuration. Threads:
// any; no shared state. Fails: by value, with the first error only. Units: columns count code
// points from 1.
#ifndef XSELL_RULES_STRICT_JSON_H_
#define XSELL_RULES_STRICT_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::rules {

enum class JsonKind : std::uint8_t { null, boolean, integer, decimal, string, array, object };

struct JsonMember;

struct JsonValue {
  JsonKind kind = JsonKind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;  // a string's content, or a decimal exactly as written
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // in the order written
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t offset = 0;  // of the value's first byte in the text that was read
  std::uint32_t size = 0;    // bytes of the value as written

  JsonValue() = default;
  static JsonValue of(std::int64_t number);
  static JsonValue of_boolean(bool value);
  static JsonValue of(std::string_view string);
  static JsonValue array();
  static JsonValue object();

  bool is_null() const { return kind == JsonKind::null; }
  bool is_boolean() const { return kind == JsonKind::boolean; }
  bool is_integer() const { return kind == JsonKind::integer; }
  bool is_decimal() const { return kind == JsonKind::decimal; }
  bool is_string() const { return kind == JsonKind::string; }
  bool is_array() const { return kind == JsonKind::array; }
  bool is_object() const { return kind == JsonKind::object; }

  // The member's value, or null when this is no object or has no such member.
  const JsonValue* find(std::string_view key) const;
  // Appends a member; the caller sees to it that the key is new.
  JsonValue& set(std::string_view key, JsonValue value);
};

struct JsonMember {
  std::string key;
  JsonValue value;
  std::uint32_t line = 0;  // of the key
  std::uint32_t column = 0;
};

struct JsonLimits {
  std::size_t max_bytes = std::size_t{16} << 20;
  std::size_t max_values = 2'000'000;
  int max_depth = 32;          // nested arrays and objects
  bool integers_only = false;  // refuse decimals, exponents and -0
};

struct JsonError {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;  // what is wrong, without the place
};

struct JsonDocument {
  JsonValue value;
  std::optional<JsonError> error;  // set: value is null
};

// Reads exactly one JSON value; white space may surround it, nothing else may. No byte order mark.
JsonDocument read_json(std::string_view text, const JsonLimits& limits = {});

// "an object", "a string": for messages.
std::string_view describe(JsonKind kind);

}  // namespace xsell::rules

#endif  // XSELL_RULES_STRICT_JSON_H_

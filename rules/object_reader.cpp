#include "rules/object_reader.h"

#include <algorithm>
#include <utility>

#include "rules/fixed_decimal.h"
#include "rules/local_time.h"
#include "rules/suggestion.h"
#include "rules/utf8.h"

namespace xsell::rules {
namespace {

constexpr std::size_t kUsualFields = 24;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string range_text(std::int64_t least, std::int64_t most) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (most == kMax) return "at least " + std::to_string(least);
  return "from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string range_text(std::int64_t least, std::int64_t most, int places) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (most == kMax) return "at least " + format_fixed(least, places);
  return "from " + format_fixed(least, places) + " to " + format_fixed(most, places);
}

// The shape of a BCP 47 tag: a language of two or three letters, then subtags.
bool is_language_tag(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t length = 0;
  bool is_first = true;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '-') {
      const bool is_right = is_first ? length == 2 || length == 3 : length >= 1 && length <= 8;
      if (!is_right) return false;
      is_first = false;
      length = 0;
    } else if (is_letter(text[i]) || (!is_first && is_digit(text[i]))) {
      ++length;
    } else {
      return false;
    }
  }
  return text.size() <= 24;
}

// Rows may be broken.
bool is_printable(std::string_view text) {
  while (true) {
    const std::size_t row_end = text.find('\n');
    if (!is_printable_utf8(text.substr(0, row_end))) return false;
    if (row_end == std::string_view::npos) return true;
    text.remove_prefix(row_end + 1);
  }
}

template <typename Value>
void sort_unique(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

std::string FieldPath::text() const {
  std::string out = parent != nullptr ? parent->text() : std::string();
  if (!name.empty()) {
    if (!out.empty()) out += '.';
    out += name;
  }
  if (index >= 0) out += "[" + std::to_string(index) + "]";
  return out;
}

void DocumentContext::error(const JsonValue& at, const FieldPath& path, std::string message,
                            std::string mend) {
  findings.push_back({Severity::error, std::string(file), at.line, at.column, rule_id, path.text(),
                      std::move(message), std::move(mend)});
}

void DocumentContext::warning(const JsonValue& at, const FieldPath& path, std::string message,
                              std::string mend) {
  if (is_release) return;
  findings.push_back({Severity::warning, std::string(file), at.line, at.column, rule_id,
                      path.text(), std::move(message), std::move(mend)});
}

void DocumentContext::unknown(const JsonValue& at, const FieldPath& path, std::string message,
                              std::string mend) {
  if (!is_release) {
    error(at, path, std::move(message), std::move(mend));
    return;
  }
  if (unknown_count++ == 0) first_unknown = path.text() + ": " + message;
}

ObjectReader::ObjectReader(DocumentContext& context, const JsonValue& value, const FieldPath& path)
    : context_(context), value_(value), path_(path) {
  known_.reserve(kUsualFields);
  expect(value, JsonKind::object, path_);
}

const JsonValue* ObjectReader::take(std::string_view name) {
  known_.push_back(name);
  const JsonValue* value = value_.find(name);
  if (value != nullptr && value->is_null()) {
    context_.error(*value, path_of(name), "null says nothing here", "Leave the field out instead.");
    return nullptr;
  }
  return value;
}

const JsonValue* ObjectReader::require(std::string_view name) {
  const JsonValue* value = take(name);
  if (value == nullptr && value_.is_object() && value_.find(name) == nullptr) {
    context_.error(value_, path_, quoted(name) + " is missing",
                   "Add the field " + quoted(name) + ".");
  }
  return value;
}

bool ObjectReader::expect(const JsonValue& value, JsonKind kind, const FieldPath& path) {
  if (value.kind == kind) return true;
  context_.error(
      value, path,
      std::string(describe(kind)) + " is expected, not " + std::string(describe(value.kind)));
  return false;
}

bool ObjectReader::read(std::string_view name, bool& out) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::boolean, path_of(name))) return false;
  out = value->boolean;
  return true;
}

bool ObjectReader::read(std::string_view name, std::int32_t& out, std::int32_t least,
                        std::int32_t most) {
  std::int64_t wide = out;
  if (!read(name, wide, least, most)) return false;
  out = static_cast<std::int32_t>(wide);
  return true;
}

bool ObjectReader::read(std::string_view name, std::int64_t& out, std::int64_t least,
                        std::int64_t most) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::integer, path_of(name))) return false;
  if (value->integer < least || value->integer > most) {
    context_.error(*value, path_of(name), std::to_string(value->integer) + " is out of range",
                   "Write a whole number " + range_text(least, most) + ".");
    return false;
  }
  out = value->integer;
  return true;
}

bool ObjectReader::read_fixed(std::string_view name, std::int64_t& out, int places,
                              std::int64_t least, std::int64_t most) {
  const JsonValue* value = take(name);
  if (value == nullptr) return false;
  const FieldPath path = path_of(name);
  const std::string written = value->is_integer() ? std::to_string(value->integer) : value->text;
  if (!value->is_integer() && !value->is_decimal() && !value->is_string()) {
    context_.error(*value, path, "a number is expected, not " + std::string(describe(value->kind)));
    return false;
  }
  const auto parsed = parse_fixed(written, places);
  if (!parsed) {
    context_.error(
        *value, path,
        quoted(written) + " is no decimal with at most " + std::to_string(places) + " places",
        "Write it like 0.25, without an exponent.");
    return false;
  }
  if (*parsed < least || *parsed > most) {
    context_.error(*value, path, written + " is out of range",
                   "Write a number " + range_text(least, most, places) + ".");
    return false;
  }
  out = *parsed;
  return true;
}

bool ObjectReader::expect_text(const JsonValue& value, const FieldPath& path,
                               std::size_t max_bytes) {
  if (!expect(value, JsonKind::string, path)) return false;
  if (value.text.empty()) {
    context_.error(value, path, "this text is empty", "Write something, or leave the field out.");
    return false;
  }
  if (value.text.size() > max_bytes) {
    context_.error(value, path, "this text has " + std::to_string(value.text.size()) + " bytes",
                   "Shorten it to at most " + std::to_string(max_bytes) + " bytes.");
    return false;
  }
  if (!is_printable_utf8(value.text)) {
    context_.error(value, path, "this text holds a control character", "Remove it.");
    return false;
  }
  return true;
}

bool ObjectReader::read_text(std::string_view name, std::string& out, std::size_t max_bytes) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect_text(*value, path_of(name), max_bytes)) return false;
  out = value->text;
  return true;
}

bool ObjectReader::read_texts(std::string_view name, std::vector<std::string>& out,
                              std::size_t max_bytes) {
  std::vector<std::string> texts;
  const bool is_list = for_each(name, [&](const JsonValue& item, const FieldPath& path) {
    if (expect_text(item, path, max_bytes)) texts.push_back(item.text);
  });
  if (!is_list) return false;
  sort_unique(texts);
  out = std::move(texts);
  return true;
}

std::optional<ItemKey> ObjectReader::key_from(const JsonValue& value, const FieldPath& path) {
  if (value.is_integer()) {
    context_.error(value, path, "an item id is a text, because its leading zeros count",
                   "Write it in quotes: \"" + std::to_string(value.integer) + "\".");
    return std::nullopt;
  }
  if (!expect(value, JsonKind::string, path)) return std::nullopt;
  const auto key = ItemKey::from_text(value.text);
  if (!key) {
    context_.error(value, path, "this is no item id",
                   "Write 1 to 63 bytes without control characters and without '>'.");
  }
  return key;
}

bool ObjectReader::read_key(std::string_view name, ItemKey& out) {
  const JsonValue* value = take(name);
  if (value == nullptr) return false;
  const auto key = key_from(*value, path_of(name));
  if (key) out = *key;
  return key.has_value();
}

bool ObjectReader::read_keys(std::string_view name, std::vector<ItemKey>& out) {
  std::vector<ItemKey> keys;
  const bool is_list = for_each(name, [&](const JsonValue& item, const FieldPath& path) {
    if (const auto key = key_from(item, path)) keys.push_back(*key);
  });
  if (!is_list) return false;
  sort_unique(keys);
  out = std::move(keys);
  return true;
}

bool ObjectReader::read_localised(std::string_view name, LocalisedText& out) {
  const JsonValue* value = take(name);
  if (value == nullptr) return false;
  const FieldPath path = path_of(name);
  if (!value->is_object()) {
    context_.error(
        *value, path,
        "a text for each language is expected, not " + std::string(describe(value->kind)),
        "Write it like {\"en\": \"...\", \"de\": \"...\"}.");
    return false;
  }
  LocalisedText text;
  for (const JsonMember& member : value->members) {
    const FieldPath entry{&path, member.key, -1};
    if (!is_language_tag(member.key)) {
      context_.error(member.value, entry, quoted(member.key) + " is no language tag",
                     "Write a tag such as en, de or de-AT.");
      continue;
    }
    if (!expect(member.value, JsonKind::string, entry)) continue;
    const std::string& written = member.value.text;
    if (written.empty()) {
      context_.error(member.value, entry, "this text is empty",
                     "Write it, or leave the language out.");
      continue;
    }
    if (!is_printable(written)) {
      context_.error(member.value, entry, "this text holds a control character", "Remove it.");
      continue;
    }
    text.set(member.key, written);
  }
  out = std::move(text);
  return true;
}

bool ObjectReader::read_currency(std::string_view name, Currency& out) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::string, path_of(name))) return false;
  const auto currency = Currency::from_text(value->text);
  if (!currency) {
    context_.error(*value, path_of(name), quoted(value->text) + " is no currency",
                   "Write an ISO 4217 code such as EUR.");
    return false;
  }
  out = *currency;
  return true;
}

bool ObjectReader::read_local_time(std::string_view name, std::optional<std::int64_t>& out) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::string, path_of(name))) return false;
  const auto time = parse_local_time(value->text);
  if (!time) {
    context_.error(*value, path_of(name), quoted(value->text) + " is no store-local time",
                   "Write it like 2026-06-03T00:00:00, without a time zone.");
    return false;
  }
  out = time;
  return true;
}

bool ObjectReader::read_date(std::string_view name, std::optional<std::int32_t>& out) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::string, path_of(name))) return false;
  const auto date = parse_date(value->text);
  if (!date) {
    context_.error(*value, path_of(name), quoted(value->text) + " is no date",
                   "Write it like 2026-06-03.");
    return false;
  }
  out = date;
  return true;
}

bool ObjectReader::read_time_of_day(std::string_view name, std::int32_t& out) {
  const JsonValue* value = take(name);
  if (value == nullptr || !expect(*value, JsonKind::string, path_of(name))) return false;
  const auto time = parse_time_of_day(value->text);
  if (!time) {
    context_.error(*value, path_of(name), quoted(value->text) + " is no time of day",
                   "Write it like 16:00; the end of a day is 24:00.");
    return false;
  }
  out = *time;
  return true;
}

void ObjectReader::report_unknown_word(const JsonValue& value, const FieldPath& path,
                                       const std::vector<std::string_view>& known) {
  context_.unknown(value, path, quoted(value.text) + " is not known here",
                   suggest(value.text, known));
}

void ObjectReader::finish() {
  for (const JsonMember& member : value_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    JsonValue at;
    at.line = member.line;
    at.column = member.column;
    context_.unknown(at, path_, "there is no field " + quoted(member.key),
                     suggest(member.key, known_));
  }
}

}  // namespace xsell::rules

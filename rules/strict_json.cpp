#include "rules/strict_json.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/utf8.h"

namespace xsell::rules {
namespace {

// Objects with more members than this are checked for duplicates by sorting.
constexpr std::size_t kFewMembers = 16;
constexpr std::size_t kUsualMembers = 8;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

class Reader {
 public:
  Reader(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  JsonDocument read() {
    JsonDocument document;
    if (text_.size() >
        std::min<std::size_t>(limits_.max_bytes, std::numeric_limits<std::uint32_t>::max())) {
      fail("the text has " + std::to_string(text_.size()) + " bytes, more than the " +
           std::to_string(limits_.max_bytes) + " allowed");
    } else {
      skip_white_space();
      if (read_value(document.value, 0)) {
        skip_white_space();
        if (at_ < text_.size())
          fail("nothing may follow the value, but " + describe_next() + " does");
      }
    }
    if (error_) {
      document.value = JsonValue();
      document.error = std::move(error_);
    }
    return document;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char next() const { return text_[at_]; }
  bool next_is(char c) const { return !at_end() && next() == c; }
  bool next_is_digit() const { return !at_end() && next() >= '0' && next() <= '9'; }
  std::uint32_t column() const {
    return static_cast<std::uint32_t>(at_ - line_start_ - continuation_bytes_ + 1);
  }

  bool fail(std::string message) { return fail_at(line_, column(), std::move(message)); }

  bool fail_at(std::uint32_t line, std::uint32_t column, std::string message) {
    if (!error_) error_ = JsonError{line, column, std::move(message)};
    return false;
  }

  std::string describe_next() const {
    if (at_end()) return "the end of the text";
    const std::size_t size = utf8_sequence_size(text_.substr(at_));
    const auto byte = static_cast<unsigned char>(next());
    if (size == 0 || byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kHex = "0123456789abcdef";
      return std::string("the byte 0x") + kHex[byte >> 4U] + kHex[byte & 15U];
    }
    return "'" + std::string(text_.substr(at_, size)) + "'";
  }

  void skip_white_space() {
    while (!at_end()) {
      const char c = next();
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
      ++at_;
      if (c == '\n') {
        ++line_;
        line_start_ = at_;
        continuation_bytes_ = 0;
      }
    }
  }

  bool read_value(JsonValue& value, int depth) {
    value.line = line_;
    value.column = column();
    value.offset = static_cast<std::uint32_t>(at_);
    if (++values_ > limits_.max_values) {
      return fail("more than " + std::to_string(limits_.max_values) + " values");
    }
    if (!read_value_of_kind(value, depth)) return false;
    value.size = static_cast<std::uint32_t>(at_ - value.offset);
    return true;
  }

  bool read_value_of_kind(JsonValue& value, int depth) {
    if (at_end()) return fail("a value is missing: the text ends here");
    switch (next()) {
      case '{':
        return read_object(value, depth + 1);
      case '[':
        return read_array(value, depth + 1);
      case '"':
        value.kind = JsonKind::string;
        return read_string(value.text);
      case 't':
        value.kind = JsonKind::boolean;
        value.boolean = true;
        return read_word("true");
      case 'f':
        value.kind = JsonKind::boolean;
        return read_word("false");
      case 'n':
        return read_word("null");
      default:
        if (next_is_digit() || next() == '-') return read_number(value);
        return fail("a value is expected, not " + describe_next());
    }
  }

  bool read_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
      return fail("a value is expected: only true, false and null are written without quotes");
    }
    at_ += word.size();
    return true;
  }

  bool read_number(JsonValue& value) {
    const std::size_t start = at_;
    const std::uint32_t start_column = column();
    if (next_is('-')) ++at_;
    if (!next_is_digit()) return fail("a digit is expected, not " + describe_next());
    const bool leads_with_zero = next_is('0');
    const std::size_t first_digit = at_;
    skip_digits();
    if (leads_with_zero && at_ - first_digit > 1) {
      return fail_at(line_, start_column, "a number must not begin with a zero");
    }
    bool is_integer = true;
    if (next_is('.')) {
      is_integer = false;
      ++at_;
      if (!next_is_digit())
        return fail("a digit is expected after the point, not " + describe_next());
      skip_digits();
    }
    if (next_is('e') || next_is('E')) {
      is_integer = false;
      ++at_;
      if (next_is('+') || next_is('-')) ++at_;
      if (!next_is_digit())
        return fail("a digit is expected in the exponent, not " + describe_next());
      skip_digits();
    }
    const std::string_view written = text_.substr(start, at_ - start);
    if (written == "-0") is_integer = false;
    if (!is_integer) {
      if (limits_.integers_only) {
        return fail_at(line_, start_column,
                       "only whole numbers are allowed here, not " + std::string(written));
      }
      value.kind = JsonKind::decimal;
      value.text = written;
      return true;
    }
    value.kind = JsonKind::integer;
    if (!to_integer(written, value.integer)) {
      return fail_at(
          line_, start_column,
          "the number " + std::string(written.substr(0, 40)) + " does not fit into 64 bits");
    }
    return true;
  }

  void skip_digits() {
    while (next_is_digit()) ++at_;
  }

  static bool to_integer(std::string_view written, std::int64_t& value) {
    const bool is_negative = written.front() == '-';
    if (is_negative) written.remove_prefix(1);
    // Collected below zero, where the range is larger by one.
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
    std::int64_t negated = 0;
    for (const char c : written) {
      const std::int64_t digit = c - '0';
      if (negated < (kMin + digit) / 10) return false;
      negated = negated * 10 - digit;
    }
    if (!is_negative && negated == kMin) return false;
    value = is_negative ? negated : -negated;
    return true;
  }

  bool read_string(std::string& out) {
    const std::uint32_t start_column = column();
    ++at_;
    while (true) {
      const std::size_t start = at_;
      while (!at_end() && next() != '"' && next() != '\\' && is_plain_ascii(next())) ++at_;
      out.append(text_, start, at_ - start);
      if (at_end()) return fail_at(line_, start_column, "this string is not closed");
      if (next() == '"') {
        ++at_;
        return true;
      }
      if (next() == '\\') {
        if (!read_escape(out)) return false;
        continue;
      }
      if (static_cast<unsigned char>(next()) < 0x20) {
        return fail(
            next() == '\n' || next() == '\r'
                ? std::string("a string must close on its own line; write a line break as \\n")
                : "a string must not hold " + describe_next() + "; write it as an escape");
      }
      const std::size_t size = utf8_sequence_size(text_.substr(at_));
      if (size == 0) return fail("this is not UTF-8: " + describe_next());
      out.append(text_, at_, size);
      at_ += size;
      continuation_bytes_ += size - 1;
    }
  }

  static bool is_plain_ascii(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80;
  }

  bool read_escape(std::string& out) {
    const std::uint32_t start_column = column();
    ++at_;
    if (at_end()) return fail_at(line_, start_column, "the text ends within an escape");
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    const std::size_t index = kNames.find(next());
    if (index != std::string_view::npos) {
      out.push_back(kCharacters[index]);
      ++at_;
      return true;
    }
    if (next() != 'u')
      return fail_at(line_, start_column, "unknown escape: \\ before " + describe_next());
    ++at_;
    char32_t unit = 0;
    if (!read_hex(unit)) return false;
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      return fail_at(line_, start_column, "the second half of a surrogate pair stands alone");
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      char32_t second = 0;
      if (text_.substr(at_, 2) != "\\u") {
        return fail_at(line_, start_column, "the first half of a surrogate pair stands alone");
      }
      at_ += 2;
      if (!read_hex(second)) return false;
      if (second < 0xdc00 || second > 0xdfff) {
        return fail_at(line_, start_column, "the first half of a surrogate pair stands alone");
      }
      unit = 0x10000 + ((unit - 0xd800) << 10U) + (second - 0xdc00);
    }
    append_utf8(out, unit);
    return true;
  }

  bool read_hex(char32_t& unit) {
    for (int i = 0; i < 4; ++i) {
      const char c = at_end() ? '\0' : next();
      if (c >= '0' && c <= '9') {
        unit = unit * 16 + static_cast<char32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        unit = unit * 16 + static_cast<char32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        unit = unit * 16 + static_cast<char32_t>(c - 'A' + 10);
      } else {
        return fail("four hexadecimal digits are expected after \\u, not " + describe_next());
      }
      ++at_;
    }
    return true;
  }

  bool enter(int depth) {
    if (depth > limits_.max_depth) {
      return fail("nested deeper than the " + std::to_string(limits_.max_depth) +
                  " levels allowed");
    }
    ++at_;
    skip_white_space();
    return true;
  }

  bool read_array(JsonValue& value, int depth) {
    value.kind = JsonKind::array;
    if (!enter(depth)) return false;
    if (next_is(']')) {
      ++at_;
      return true;
    }
    while (true) {
      if (!read_value(value.items.emplace_back(), depth)) return false;
      skip_white_space();
      if (next_is(']')) {
        ++at_;
        return true;
      }
      if (!next_is(',')) return fail("',' or ']' is expected, not " + describe_next());
      ++at_;
      skip_white_space();
      if (next_is(']')) return fail("no comma may stand before the closing ']'");
    }
  }

  bool read_object(JsonValue& value, int depth) {
    value.kind = JsonKind::object;
    if (!enter(depth)) return false;
    if (next_is('}')) {
      ++at_;
      return true;
    }
    while (true) {
      if (!read_member(value, depth)) return false;
      skip_white_space();
      if (next_is('}')) {
        ++at_;
        return refuse_duplicates(value.members);
      }
      if (!next_is(',')) return fail("',' or '}' is expected, not " + describe_next());
      ++at_;
      skip_white_space();
      if (next_is('}')) return fail("no comma may stand before the closing '}'");
    }
  }

  bool read_member(JsonValue& object, int depth) {
    if (!next_is('"')) return fail("a field name in quotes is expected, not " + describe_next());
    std::vector<JsonMember>& members = object.members;
    if (members.empty()) members.reserve(kUsualMembers);
    JsonMember& member = members.emplace_back();
    member.line = line_;
    member.column = column();
    if (!read_string(member.key)) return false;
    if (members.size() <= kFewMembers && object.find(member.key) != &member.value) {
      return fail_at(member.line, member.column,
                     quoted(member.key) + " is given twice in this object");
    }
    skip_white_space();
    if (!next_is(':'))
      return fail("':' is expected after " + quoted(member.key) + ", not " + describe_next());
    ++at_;
    skip_white_space();
    return read_value(member.value, depth);
  }

  bool refuse_duplicates(const std::vector<JsonMember>& members) {
    if (members.size() <= kFewMembers) return true;
    std::vector<const JsonMember*> sorted;
    sorted.reserve(members.size());
    for (const JsonMember& member : members) sorted.push_back(&member);
    const auto by_key = [](const JsonMember* a, const JsonMember* b) { return a->key < b->key; };
    std::stable_sort(sorted.begin(), sorted.end(), by_key);
    const auto same_key = [](const JsonMember* a, const JsonMember* b) { return a->key == b->key; };
    const auto found = std::adjacent_find(sorted.begin(), sorted.end(), same_key);
    if (found == sorted.end()) return true;
    const JsonMember& second = **std::next(found);
    return fail_at(second.line, second.column,
                   quoted(second.key) + " is given twice in this object");
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t continuation_bytes_ = 0;  // of the current line, which make no column of their own
  std::uint32_t line_ = 1;
  std::size_t values_ = 0;
  std::optional<JsonError> error_;
};

}  // namespace

JsonDocument read_json(std::string_view text, const JsonLimits& limits) {
  return Reader(text, limits).read();
}

}  // namespace xsell::rules

// Values as few bytes and back: numbers with as many bytes as they need, texts and lists with their
// length before them. A struct lists its members once, in
//   void fields(auto& archive, Like<Struct> auto& value)
// Threads: one at a time. Fails: by value; a reader that runs out of bytes says so at the end.
#ifndef XSELL_RULES_PACKED_H_
#define XSELL_RULES_PACKED_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace xsell::rules {

// A struct, const or not.
template <class Value, class Struct>
concept Like = std::same_as<std::remove_const_t<Value>, Struct>;

class PackWriter {
 public:
  explicit PackWriter(std::string& out) : out_(out) {}

  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

 private:
  template <class Value>
  void put(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      put_number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_signed_v<Value>) {
      // The sign as the lowest bit, so that small numbers below zero are short too.
      const auto number = static_cast<std::int64_t>(value);
      put_number(static_cast<std::uint64_t>(number) << 1 ^
                 static_cast<std::uint64_t>(number >> 63));
    } else if constexpr (std::is_integral_v<Value>) {
      put_number(value);
    } else {
      fields(*this, value);
    }
  }
  void put(std::string_view text) {
    put_number(text.size());
    out_ += text;
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  template <class Value>
  void put(const std::vector<Value>& values) {
    put_number(values.size());
    for (const Value& value : values) put(value);
  }
  template <class Value>
  void put(const std::optional<Value>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  void put_number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out_ += static_cast<char>(number | 0x80);
    out_ += static_cast<char>(number);
  }

  std::string& out_;
};

// Texts are read as views into the bytes where the struct has views.
class PackReader {
 public:
  explicit PackReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }
  // Everything was there, and nothing is left.
  bool is_at_end() const { return is_whole_ && at_ == end_; }

 private:
  template <class Value>
  void get(Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      value = static_cast<Value>(number());
    } else if constexpr (std::is_signed_v<Value>) {
      const std::uint64_t bits = number();
      value = static_cast<Value>(static_cast<std::int64_t>(bits >> 1 ^ (0 - (bits & 1))));
    } else if constexpr (std::is_integral_v<Value>) {
      value = static_cast<Value>(number());
    } else {
      fields(*this, value);
    }
  }
  void get(std::string_view& text) {
    const std::size_t size = count();
    text = {at_, size};
    at_ += size;
  }
  void get(std::string& text) {
    std::string_view view;
    get(view);
    text = view;
  }
  template <class Value>
  void get(std::vector<Value>& values) {
    values.resize(count());
    for (Value& value : values) get(value);
  }
  template <class Value>
  void get(std::optional<Value>& value) {
    bool is_there = false;
    get(is_there);
    value.reset();
    if (is_there) get(value.emplace());
  }
  // Of things that take a byte each at least.
  std::size_t count() {
    const std::uint64_t wanted = number();
    if (wanted > static_cast<std::uint64_t>(end_ - at_)) is_whole_ = false;
    return is_whole_ ? static_cast<std::size_t>(wanted) : 0;
  }
  // Most take one byte.
  std::uint64_t number() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {
      return static_cast<unsigned char>(*at_++);
    }
    return long_number();
  }
  std::uint64_t long_number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    is_whole_ = false;
    at_ = end_;
    return 0;
  }

  const char* at_;
  const char* end_;
  bool is_whole_ = true;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACKED_H_

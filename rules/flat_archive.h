// Flat arrays to bytes and back, on the machine that wrote them: a class lists its members once, in
//   template <class Archive, class Self> static void visit(Archive& archive, Self& self)
// and the archives below write, read or describe them. Numbers and plain structs travel as they lie
// in memory, vectors and strings with their length before them. No format for other machines.
// Fails: by value; a reader that runs out of bytes reads nothing more.
#ifndef XSELL_RULES_FLAT_ARCHIVE_H_
#define XSELL_RULES_FLAT_ARCHIVE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rules/index_hash.h"

namespace xsell::rules {

using ByteSink = std::function<void(std::string_view bytes)>;
using ByteSource = std::function<bool(void* to, std::size_t size)>;  // false: not so many left

namespace archive {

template <class Value, class Archive>
concept Visited = requires(Archive& archive, Value& value) { Value::visit(archive, value); };

// What is written must not hold bytes that nobody has set.
template <class Value>
inline constexpr bool kIsWithoutGaps =
    std::has_unique_object_representations_v<Value> || std::is_floating_point_v<Value>;

template <class Value>
struct IsArray : std::false_type {};
template <class Value, std::size_t size>
struct IsArray<std::array<Value, size>> : std::true_type {};

}  // namespace archive

class FlatWriter {
 public:
  explicit FlatWriter(const ByteSink& sink) : sink_(sink) {}

  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

 private:
  template <class Value>
  void put(const Value& value) {
    if constexpr (archive::Visited<const Value, FlatWriter>) {
      Value::visit(*this, value);
    } else if constexpr (archive::IsArray<Value>::value) {
      for (const auto& item : value) put(item);
    } else {
      static_assert(std::is_trivially_copyable_v<Value>, "list its members in visit()");
      static_assert(archive::kIsWithoutGaps<Value>, "name the bytes between its members");
      put_bytes(&value, sizeof(Value));
    }
  }
  void put(const std::string& text) { put_flat(text); }
  template <class Value>
  void put(const std::vector<Value>& values) {
    if constexpr (archive::Visited<const Value, FlatWriter>) {
      put(std::uint64_t{values.size()});
      for (const Value& value : values) put(value);
    } else {
      put_flat(values);
    }
  }
  template <class Container>
  void put_flat(const Container& values) {
    static_assert(archive::kIsWithoutGaps<typename Container::value_type>);
    put(std::uint64_t{values.size()});
    put_bytes(values.data(), values.size() * sizeof(typename Container::value_type));
  }
  void put_bytes(const void* bytes, std::size_t size) {
    sink_({static_cast<const char*>(bytes), size});
  }

  const ByteSink& sink_;
};

class FlatReader {
 public:
  // size: of all that the source has.
  FlatReader(std::uint64_t size, const ByteSource& source) : left_(size), source_(source) {}

  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }
  // Everything was there, and nothing is left.
  bool is_at_end() const { return is_whole_ && left_ == 0; }

 private:
  template <class Value>
  void get(Value& value) {
    if constexpr (archive::Visited<Value, FlatReader>) {
      Value::visit(*this, value);
    } else if constexpr (archive::IsArray<Value>::value) {
      for (auto& item : value) get(item);
    } else {
      static_assert(std::is_trivially_copyable_v<Value>, "list its members in visit()");
      take(&value, sizeof(Value));
    }
  }
  void get(std::string& text) { get_flat(text); }
  template <class Value>
  void get(std::vector<Value>& values) {
    if constexpr (archive::Visited<Value, FlatReader>) {
      const std::uint64_t count = get_count(1);
      values.clear();
      for (std::uint64_t i = 0; i < count && is_whole_; ++i) get(values.emplace_back());
    } else {
      get_flat(values);
    }
  }
  template <class Container>
  void get_flat(Container& values) {
    constexpr std::size_t kSize = sizeof(typename Container::value_type);
    const std::uint64_t count = get_count(kSize);
    values.resize(count);
    take(values.data(), count * kSize);
  }
  std::uint64_t get_count(std::size_t bytes_each) {
    std::uint64_t count = 0;
    get(count);
    if (count > left_ / bytes_each) is_whole_ = false;
    return is_whole_ ? count : 0;
  }
  void take(void* to, std::size_t size) {
    if (size == 0) return;
    is_whole_ = is_whole_ && size <= left_ && source_(to, size);
    if (is_whole_) left_ -= size;
  }

  std::uint64_t left_;
  const ByteSource& source_;
  bool is_whole_ = true;
};

// A number that changes with the members listed, their order and their sizes.
class ShapeHasher {
 public:
  template <class... Values>
  void operator()(const Values&... values) {
    (add(values), ...);
  }
  std::uint64_t hash() const { return hash_; }

 private:
  template <class Value>
  void add(const Value& value) {
    hash_ = hash_step(hash_, sizeof(Value));
    if constexpr (archive::Visited<const Value, ShapeHasher>) Value::visit(*this, value);
  }
  template <class Value>
  void add(const std::vector<Value>&) {
    add(Value{});
  }

  std::uint64_t hash_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_FLAT_ARCHIVE_H_

// A vector with its room inside, for plain values on the scan path.
#ifndef XSELL_RULES_FIXED_VECTOR_H_
#define XSELL_RULES_FIXED_VECTOR_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

namespace xsell::rules {

template <typename Value, std::size_t Capacity>
class FixedVector {
  static_assert(std::is_trivially_copyable_v<Value>);

 public:
  std::size_t size() const { return size_; }
  bool is_empty() const { return size_ == 0; }
  bool is_full() const { return size_ == Capacity; }
  void clear() { size_ = 0; }

  // False, and nothing happens, when it is full.
  bool push(const Value& value) {
    if (is_full()) return false;
    values_[size_++] = value;
    return true;
  }
  // Requires: at <= size(), not full.
  void insert(std::size_t at, const Value& value) {
    std::copy_backward(values_.begin() + at, values_.begin() + size_, values_.begin() + size_ + 1);
    values_[at] = value;
    ++size_;
  }
  void erase(std::size_t at) {
    std::copy(values_.begin() + at + 1, values_.begin() + size_, values_.begin() + at);
    --size_;
  }
  void truncate(std::size_t size) { size_ = std::min(size_, size); }

  Value& operator[](std::size_t at) { return values_[at]; }
  const Value& operator[](std::size_t at) const { return values_[at]; }
  Value& back() { return values_[size_ - 1]; }
  const Value& back() const { return values_[size_ - 1]; }
  auto begin() { return values_.begin(); }
  auto end() { return values_.begin() + static_cast<std::ptrdiff_t>(size_); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.begin() + static_cast<std::ptrdiff_t>(size_); }
  std::span<Value> span() { return {values_.data(), size_}; }
  std::span<const Value> span() const { return {values_.data(), size_}; }

 private:
  std::array<Value, Capacity> values_{};
  std::size_t size_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_FIXED_VECTOR_H_

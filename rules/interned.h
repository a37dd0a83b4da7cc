// Plain values numbered from 0 in the order they came, each once. Used while compiling: what many
// rules share is kept once.
#ifndef XSELL_RULES_INTERNED_H_
#define XSELL_RULES_INTERNED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/stable_hash.h"

namespace xsell::rules {

// Value has operator== and hash_of(Value). The values stay in the vector that they are interned
// into.
template <typename Value>
class Interned {
 public:
  explicit Interned(std::vector<Value>& values) : values_(values) {}

  std::uint32_t add(const Value& value) {
    if ((values_.size() + 1) * 2 > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    const std::uint64_t hash = hash_of(value) >> kIdBits;
    std::size_t i = hash & mask;
    for (; slots_[i] != 0; i = (i + 1) & mask) {
      const auto id = static_cast<std::uint32_t>(slots_[i]) - 1;
      if (slots_[i] >> kIdBits == hash && values_[id] == value) return id;
    }
    values_.push_back(value);
    slots_[i] = hash << kIdBits | values_.size();
    return static_cast<std::uint32_t>(values_.size() - 1);
  }

 private:
  void grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? 64 : slots_.size() * 2, 0);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const std::uint64_t slot : old) {
      if (slot == 0) continue;
      std::size_t i = slot >> kIdBits & mask;
      while (slots_[i] != 0) i = (i + 1) & mask;
      slots_[i] = slot;
    }
  }

  static constexpr int kIdBits = 32;

  std::vector<Value>& values_;
  std::vector<std::uint64_t> slots_;  // upper half: of the hash, lower half: id + 1; 0: free
};

// For hash_of: mixes one number into a running hash.
constexpr std::uint64_t hash_step(std::uint64_t hash, std::uint64_t number) {
  return mix_bits((hash ^ number) + 0x9e3779b97f4a7c15u);
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_INTERNED_H_

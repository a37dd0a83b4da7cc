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
    std::size_t i = hash_of(value) & mask;
    for (; slots_[i] != 0; i = (i + 1) & mask) {
      if (values_[slots_[i] - 1] == value) return slots_[i] - 1;
    }
    values_.push_back(value);
    slots_[i] = static_cast<std::uint32_t>(values_.size());
    return slots_[i] - 1;
  }

 private:
  void grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t id = 0; id < values_.size(); ++id) {
      std::size_t i = hash_of(values_[id]) & mask;
      while (slots_[i] != 0) i = (i + 1) & mask;
      slots_[i] = id + 1;
    }
  }

  std::vector<Value>& values_;
  std::vector<std::uint32_t> slots_;  // id + 1; 0: free
};

// For hash_of: mixes one number into a running hash.
constexpr std::uint64_t hash_step(std::uint64_t hash, std::uint64_t number) {
  return mix_bits((hash ^ number) + 0x9e3779b97f4a7c15u);
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_INTERNED_H_

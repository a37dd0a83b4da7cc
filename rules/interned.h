// Plain values numbered from 0 in the order they came, each once. Used while compiling: what many
// rules share is kept once.
#ifndef XSELL_RULES_INTERNED_H_
#define XSELL_RULES_INTERNED_H_

#include <cstdint>
#include <vector>

#include "rules/id_slots.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

// Value has operator== and hash_of(Value). The values stay in the vector that they are interned
// into.
template <typename Value>
class Interned {
 public:
  explicit Interned(std::vector<Value>& values) : values_(values) {}

  std::uint32_t add(const Value& value) {
    const std::uint64_t hash = hash_of(value);
    const auto is_same = [&](std::uint32_t id) { return values_[id] == value; };
    if (const std::uint32_t known = ids_.find(hash, is_same); known != kNoId) return known;
    const auto id = static_cast<std::uint32_t>(values_.size());
    values_.push_back(value);
    ids_.add(hash, id);
    return id;
  }

 private:
  std::vector<Value>& values_;
  IdSlots ids_;
};

// For hash_of: mixes one number into a running hash.
constexpr std::uint64_t hash_step(std::uint64_t hash, std::uint64_t number) {
  return mix_bits((hash ^ number) + 0x9e3779b97f4a7c15u);
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_INTERNED_H_

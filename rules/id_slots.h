// Finds the ids of things that are kept elsewhere by their hashes. Used while compiling.
// Threads: one at a time.
#ifndef XSELL_RULES_ID_SLOTS_H_
#define XSELL_RULES_ID_SLOTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/text_table.h"

namespace xsell::rules {

class IdSlots {
 public:
  // The id of this hash of which is_same(id) is true; kNoId when there is none.
  template <class IsSame>
  std::uint32_t find(std::uint64_t hash, IsSame is_same) const {
    if (slots_.empty()) return kNoId;
    const std::uint64_t kept = hash >> kIdBits;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = kept & mask; slots_[i] != 0; i = (i + 1) & mask) {
      const auto id = static_cast<std::uint32_t>(slots_[i]) - 1;
      if (slots_[i] >> kIdBits == kept && is_same(id)) return id;
    }
    return kNoId;
  }
  bool is_empty() const { return count_ == 0; }
  // Requires: find() does not find it.
  void add(std::uint64_t hash, std::uint32_t id) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    put(hash >> kIdBits << kIdBits | (id + 1));
    ++count_;
  }

 private:
  static constexpr int kIdBits = 32;
  static constexpr std::size_t kFirstSlots = 64;

  void put(std::uint64_t slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = slot >> kIdBits & mask;
    while (slots_[i] != 0) i = (i + 1) & mask;
    slots_[i] = slot;
  }
  void grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? kFirstSlots : slots_.size() * 2, 0);
    old.swap(slots_);
    for (const std::uint64_t slot : old) {
      if (slot != 0) put(slot);
    }
  }

  std::vector<std::uint64_t> slots_;  // upper half: of the hash, lower half: id + 1; 0: free
  std::size_t count_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_ID_SLOTS_H_

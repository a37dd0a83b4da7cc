// Which parts of the pacing memory changed, so that a copy of an earlier state is brought up to
// date without copying all of it. Threads: one at a time; copies belong to whoever holds them.
#ifndef XSELL_RULES_PACING_JOURNAL_H_
#define XSELL_RULES_PACING_JOURNAL_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "rules/pacing.h"

namespace xsell::rules {

struct PacingCopy {
  PacingSnapshot snapshot;
  std::uint64_t position = 0;  // of the journal when it was taken; 0: never
};

class PacingJournal {
 public:
  // Everything changed.
  void restart() { position_ += kKept + 1; }
  // `part` of `whole` was written.
  template <typename Part>
  void note(const PacingSnapshot& whole, const Part& part) {
    const auto* first = reinterpret_cast<const char*>(&part);
    const auto offset = static_cast<std::size_t>(first - reinterpret_cast<const char*>(&whole));
    for (std::size_t block = offset / kBlock; block <= (offset + sizeof part - 1) / kBlock;
         ++block) {
      blocks_[position_++ % kKept] = static_cast<std::uint16_t>(block);
    }
  }
  void bring_up_to_date(const PacingSnapshot& now, PacingCopy& copy) const;

 private:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kKept = 256;
  static_assert(sizeof(PacingSnapshot) / kBlock < 0xffff);

  std::array<std::uint16_t, kKept> blocks_{};  // a ring
  std::uint64_t position_ = 1;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACING_JOURNAL_H_

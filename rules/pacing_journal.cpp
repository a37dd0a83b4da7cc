#include "rules/pacing_journal.h"

#include <algorithm>
#include <cstring>

namespace xsell::rules {

void PacingJournal::bring_up_to_date(const PacingSnapshot& now, PacingCopy& copy) const {
  if (copy.position == 0 || position_ - copy.position > kKept) {
    copy.snapshot = now;
  } else {
    const auto* from = reinterpret_cast<const char*>(&now);
    auto* to = reinterpret_cast<char*>(&copy.snapshot);
    const auto copy_block = [&](std::size_t block) {
      const std::size_t offset = block * kBlock;
      std::memcpy(to + offset, from + offset, std::min(kBlock, sizeof now - offset));
    };
    copy_block(0);  // the counters change all the time
    for (std::uint64_t at = copy.position; at != position_; ++at) copy_block(blocks_[at % kKept]);
  }
  copy.position = position_;
}

}  // namespace xsell::rules

// Adds up what the lines of the basket say for each mined offer: a leaky noisy-or in fixed point,
// kept as lines come and go. Threads: one at a time. Allocates: in the constructor only. Units:
// weights in 16 binary places.
#ifndef XSELL_RULES_PAIR_EVIDENCE_H_
#define XSELL_RULES_PAIR_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/rule_index.h"

namespace xsell::rules {

class PairEvidence {
 public:
  // Requires: index outlives it.
  explicit PairEvidence(const RuleIndex& index);

  // The first unit of an item entered, or its last left. Cost: the item's own pairs.
  void add(std::uint32_t trigger);
  void remove(std::uint32_t trigger);

  // The items that some line speaks for, with a score of at least the policy's minimum, in no
  // order.
  std::span<const std::uint32_t> candidates() const { return candidates_; }
  bool is_candidate(std::uint32_t item) const {
    return !sums_.empty() && sums_[item].position != kNoId;
  }
  std::int64_t score(std::uint32_t item) const {
    return sums_[item].weight + index_.items.leak[item];
  }

  struct Reason {
    std::int32_t weight = 0;
    std::uint8_t percent = 0;
  };
  // What one trigger says for an item; weight 0: nothing.
  Reason reason(std::uint32_t trigger, std::uint32_t item) const;

 private:
  struct Sum {
    std::int32_t weight = 0;
    std::uint32_t trigger_count = 0;
    std::uint32_t position = kNoId;  // in candidates_
  };

  void update(Sum& sum, std::uint32_t item);

  const RuleIndex& index_;
  std::int64_t min_score_;
  std::vector<Sum> sums_;  // by item
  std::vector<std::uint32_t> candidates_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PAIR_EVIDENCE_H_

// What the lines of the basket, and what a known customer bought before, say for each mined offer,
// kept as lines come and go: by the fitted ranker when the release has one, else a leaky noisy-or
// of the pairs' weights. Threads: one at a time. Allocates: in the constructor only. Units: 16
// binary places.
#ifndef XSELL_RULES_PAIR_EVIDENCE_H_
#define XSELL_RULES_PAIR_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rules/customer_ranker.h"
#include "rules/pair_ranker.h"
#include "rules/rule_index.h"

namespace xsell::rules {

class PairEvidence {
 public:
  // Requires: index outlives it.
  explicit PairEvidence(const RuleIndex& index);

  // The first unit of an item entered, or its last left. Cost: the item's own pairs.
  void add(std::uint32_t trigger);
  void remove(std::uint32_t trigger);
  // What a known customer bought before; nothing comes of it unless the release says so. Items that
  // are not to be offered at all don't count.
  void identify(const CustomerPast& past);
  void forget_customer();
  // Whether an offer of it is a reminder of what the customer bought before.
  bool is_reminder(std::uint32_t item) const {
    return customer_ && customer_->is_known() && customer_->has_bought(item);
  }
  // Call it once the basket is as it is to be; what follows speaks of that.
  void refresh();

  // The items that some line or the customer's past speaks for, with a score of at least the
  // policy's minimum, in no order.
  std::span<const std::uint32_t> candidates() const { return candidates_; }
  // Whether the offer of an open prompt may stay. A ranker's odds fall as the basket grows: only
  // what leaves the basket can take an offer back.
  bool may_stay(std::uint32_t item, bool has_something_left) const;
  // -ln(1 - chance), what mined offers and authored scores compete on.
  std::int64_t score(std::uint32_t item) const;

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

  bool is_candidate(std::uint32_t item) const;
  bool is_spoken_for(std::uint32_t item) const;
  // Before the first scan nobody is reminded of anything.
  bool knows_customer() const { return customer_ && customer_->is_known() && items_held_ > 0; }
  std::int32_t ranked_score(std::uint32_t item) const;
  void collect(std::span<const RankedOffer> offers, std::int64_t least);

  const RuleIndex& index_;
  std::int64_t min_score_;           // of the ranker: log odds
  std::int64_t customer_min_score_;  // where a customer is known
  std::optional<PairRanker> ranker_;
  std::optional<CustomerRanker> customer_;
  bool is_customer_stale_ = false;  // what is known of the customer, or whether it counts
  std::size_t items_held_ = 0;
  std::vector<Sum> sums_;  // by item
  std::vector<std::uint32_t> candidates_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PAIR_EVIDENCE_H_

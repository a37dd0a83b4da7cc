// Scores every offer that some line of the basket speaks for, kept as lines come and go. Whole
// numbers only, so that every processor ranks alike. Threads: one at a time. Allocates: in the
// constructor only.
#ifndef XSELL_RULES_PAIR_RANKER_H_
#define XSELL_RULES_PAIR_RANKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/pair_target.h"
#include "rules/ranker_index.h"

namespace xsell::rules {

struct RankedOffer {
  std::uint32_t item = 0;
  std::int32_t score = 0;  // log odds, 16 binary places
};

// -ln(1 - chance) of a score, times the boost: what offers compete on. 16 binary places, all.
std::int64_t ranked_evidence(std::int32_t log_odds, std::int32_t boost);

class PairRanker {
 public:
  // Requires: both outlive it; index.pairs stand beside pairs.values(), index.offers has a row for
  // each item.
  PairRanker(const FlatLists<PairTarget>& pairs, const RankerIndex& index);

  // The first unit of an item entered, or its last left. Items that trigger nothing don't count.
  void add(std::uint32_t trigger);
  void remove(std::uint32_t trigger);

  // Scores anew when something changed; false when nothing did. What follows speaks of that.
  bool refresh();
  // All offers that some line speaks for, in no order. They may be in the basket.
  std::span<const RankedOffer> offers() const { return {offers_.data(), offer_count_}; }
  bool is_spoken_for(std::uint32_t item) const { return evidence_[item].speaking > 0; }
  // Requires: is_spoken_for.
  std::int32_t score(std::uint32_t item) const { return offers_[evidence_[item].place].score; }

  // The statistics behind a score, each the value its weight is multiplied by. For fitting.
  std::array<std::int32_t, kRankerTerms> terms(std::uint32_t item) const;

 private:
  struct Evidence {
    std::int32_t bayes = 0;
    std::int32_t lift = 0;
    std::int32_t confidence = 0;
    std::int32_t second = 0;
    std::int32_t noisy_or = 0;
    std::int32_t cosine = 0;
    std::int32_t support = 0;
    std::int32_t recent_confidence = 0;
    std::int32_t recent_noisy_or = 0;
    std::uint32_t speaking = 0;
    std::uint32_t place = 0;  // in offers_
  };

  void hear(std::uint32_t trigger);
  void forget_all();

  const FlatLists<PairTarget>& pairs_;
  const RankerIndex& index_;
  std::vector<Evidence> evidence_;   // by item
  std::vector<RankedOffer> offers_;  // the first offer_count_ are in use
  std::size_t offer_count_ = 0;
  std::vector<std::uint32_t> triggers_;  // in the basket, those that trigger something
  bool is_stale_ = false;                // a score
  bool is_broken_ = false;               // a maximum: something left
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PAIR_RANKER_H_

// Scores every offer that some line of the basket speaks for, kept as lines come and go. A new line
// costs its own pairs and four products for each other offer. Whole numbers only, so that every
// processor ranks alike. Threads: one at a time. Allocates: in the
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
  bool is_spoken_for(std::uint32_t item) const { return places_[item] != kNoPlace; }
  // In offers(). Requires: is_spoken_for.
  std::size_t place(std::uint32_t item) const { return places_[item]; }
  std::size_t line_count() const { return triggers_.size(); }
  std::size_t capacity() const { return offers_.size(); }
  // Requires: is_spoken_for.
  std::int32_t score(std::uint32_t item) const { return offers_[places_[item]].score; }

  // The statistics behind a score, each the value its weight is multiplied by. For fitting.
  std::array<std::int32_t, kRankerTerms> terms(std::uint32_t item) const;

 private:
  static constexpr std::uint32_t kNoPlace = 0xffffffff;

  // What was heard of an offer: touched only by the lines that speak for it.
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

    void hear(const PairTerms& said);
  };
  // What a score is made of as the number of lines grows: read for every offer at every scan.
  struct Parts {
    std::int32_t fixed = 0;    // the weighted terms that stay as they are
    std::int32_t growing = 0;  // those that are multiplied by lines
    std::int32_t bayes = 0;
    std::int32_t absence = 0;
    std::int32_t cosine = 0;
    std::uint32_t speaking = 0;
  };

  static Evidence nothing_heard();
  void hear(std::uint32_t trigger);
  void forget(std::uint32_t removed);
  void weigh(std::uint32_t place);
  void add_last(std::int64_t lines);
  void forget_all();
  const PairTerms* last_for(std::uint32_t item) const;
  std::int64_t weight(RankerTerm term) const {
    return index_.ranker.weights[static_cast<std::size_t>(term)];
  }

  const FlatLists<PairTarget>& pairs_;
  const RankerIndex& index_;
  std::vector<std::uint32_t> places_;  // by item: in the three below, or kNoPlace
  std::vector<RankedOffer> offers_;    // the first offer_count_ are in use
  std::vector<Parts> parts_;
  std::vector<Evidence> evidence_;
  std::size_t offer_count_ = 0;
  std::vector<std::uint32_t>
      triggers_;           // in the basket, those that trigger something, as they came
  bool is_stale_ = false;  // a score
  // Since the last refresh: one line that left is heard out of the rest, more of them are all heard
  // anew.
  static constexpr std::uint32_t kMany = 2;
  std::uint32_t removed_ = 0;
  std::uint32_t removed_count_ = 0;          // kMany and more are the same
  std::vector<std::uint8_t> is_heard_anew_;  // by item, while one leaves
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PAIR_RANKER_H_

// Scores a known customer's offers: what the lines say, and what the customer bought before. Items
// bought before are offers even if no line speaks for them. Whole numbers only, as in PairRanker.
// Threads: one at a time. Allocates: in the constructor only.
#ifndef XSELL_RULES_CUSTOMER_RANKER_H_
#define XSELL_RULES_CUSTOMER_RANKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/customer_past.h"
#include "rules/pair_ranker.h"
#include "rules/ranker_index.h"

namespace xsell::rules {

class CustomerRanker {
 public:
  // Requires: both outlive it; index.offers has a row for each item.
  CustomerRanker(const PairRanker& lines, const RankerIndex& index);

  // An item that is told twice counts once, as told first. Without items nobody is known.
  void identify(const CustomerPast& past);
  void forget();
  bool is_known() const { return bought_count_ > 0; }
  bool has_bought(std::uint32_t item) const { return place_of_[item] != 0; }

  // What follows speaks of the lines as they are now. Requires: the lines were refreshed.
  void refresh();
  // The offers of the lines, then what was bought before and no line speaks for. They may be in the
  // basket.
  std::span<const RankedOffer> offers() const { return {offers_.data(), offer_count_}; }
  // Requires: a line speaks for it or it was bought before.
  std::int32_t score(std::uint32_t item) const;

  // The statistics behind a score, each the value its weight is multiplied by. For fitting.
  std::array<std::int32_t, kReplenishmentTerms> terms(std::uint32_t item) const;

 private:
  struct Bought {
    std::uint32_t item = 0;
    std::int32_t habit = 0;
    std::int32_t times = 0;
    std::int32_t days = 0;
    std::int32_t is_last = 0;  // 1 or 0, as other terms
    std::int32_t fixed = 0;    // the weighted terms that no line changes
    std::int32_t growing = 0;  // those that are multiplied by lines
    std::int32_t slope = 0;    // what multiplies the ranker's score by habit
    std::int32_t score = 0;
  };

  static bool is_listed(const OfferTerms& offer) { return offer.absence != 0; }
  std::int64_t weight(ReplenishmentTerm term) const {
    return index_.replenishment.weights[static_cast<std::size_t>(term)];
  }
  std::span<Bought> bought() { return {bought_.data(), bought_count_}; }

  const PairRanker& lines_;
  const RankerIndex& index_;
  std::vector<std::uint16_t> place_of_;  // by item: in bought_, from 1; 0: not bought
  std::vector<Bought> bought_;           // the first bought_count_ are in use
  std::size_t bought_count_ = 0;
  std::int32_t visits_ = 0;          // ln(1 + visits)
  std::int32_t range_ = 0;           // ln of how many items
  std::int32_t size_ = 0;            // ln of how many a visit
  std::int32_t since_ = 0;           // ln(1 + days since the last visit)
  std::vector<RankedOffer> offers_;  // the first offer_count_ are in use
  std::size_t offer_count_ = 0;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_CUSTOMER_RANKER_H_

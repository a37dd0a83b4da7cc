// The statistics that a ranker scores with, one row a pair and one an offer, made of counts. The
// same counts give the same rows on every machine. Units: 16 binary places.
#ifndef XSELL_RULES_RANKER_INDEX_H_
#define XSELL_RULES_RANKER_INDEX_H_

#include <cstdint>
#include <vector>

#include "rules/ranker.h"
#include "rules/replenishment.h"

namespace xsell::rules {

// Baskets with both, with the trigger, with the offer, and all.
struct PairEvidenceCounts {
  double joint = 0;
  double trigger = 0;
  double offer = 0;
  double baskets = 0;
};

// What one line says for an offer, term by term; see RankerTerm.
struct PairTerms {
  std::int32_t bayes = 0;
  std::int32_t lift = 0;
  std::int32_t confidence = 0;
  std::int32_t noisy_or = 0;
  std::int32_t cosine = 0;
  std::int32_t support = 0;
  std::int32_t recent_confidence = 0;
  std::int32_t recent_noisy_or = 0;
  bool operator==(const PairTerms&) const = default;
};

struct OfferTerms {
  std::int32_t base = 0;
  std::int32_t absence = 0;  // what an item says for it that was never in a basket with it
  std::int32_t trend = 0;
  std::int32_t boost = 65536;  // the surprise of its sale to the power that the policy sets
  bool operator==(const OfferTerms&) const = default;
};

// What a ranker reckons with.
struct RankerCounts {
  PairEvidenceCounts all;
  PairEvidenceCounts recent;  // fade with age; without any (baskets = 0) `all` stands in for them
};

// Counts as they were counted, brought to the size that the ranker was fitted with.
RankerCounts brought_to_size(const Ranker& ranker, const RankerCounts& counts);

PairTerms pair_terms(const RankerCounts& counts);
// What an offer counts for by the surprise of its sale: -log2 of its share of all baskets, to this
// power; 0: as any.
double surprise_boost(double offer_share, double power);
OfferTerms offer_terms(const RankerCounts& counts, double surprise);

struct RankerIndex {
  Ranker ranker;
  Replenishment replenishment;     // not fitted: customers are not told apart
  std::vector<PairTerms> pairs;    // beside the pairs of the rule set
  std::vector<OfferTerms> offers;  // by item

  bool is_empty() const { return !ranker.is_fitted() || pairs.empty(); }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.ranker, self.replenishment, self.pairs, self.offers);
  }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_RANKER_INDEX_H_

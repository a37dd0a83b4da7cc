#include "rules/ranker_index.h"

#include <algorithm>
#include <cmath>

#include "rules/exact_math.h"

namespace xsell::rules {
namespace {

constexpr double kOne = 65536;
constexpr double kBayesBaskets = 50;
constexpr double kLiftBaskets = 20;
constexpr double kConfidenceBaskets = 5;
constexpr double kNoisyOrBaskets = 10;
constexpr double kNoisyOrLambda = 0.6;
constexpr double kLn2 = 0.693147180559945309417;

std::int32_t fixed(double value) { return round_to_int32(value * kOne); }

double share(double part, double whole) {
  return std::clamp(whole > 0 ? part / whole : 0.0, 1e-6, 1 - 1e-6);
}

double log_odds(double probability) {
  const double p = std::clamp(probability, 1e-6, 1 - 1e-6);
  return exact_log(p / (1 - p));
}

double shrunk_confidence(const PairEvidenceCounts& counts, double baskets) {
  const double base = share(counts.offer, counts.baskets);
  return (counts.joint + baskets * base) / (counts.trigger + baskets);
}

double noisy_or(const PairEvidenceCounts& counts) {
  const double confidence = std::min(1.0, shrunk_confidence(counts, kNoisyOrBaskets));
  return -exact_log(1 - kNoisyOrLambda * confidence);
}

}  // namespace

RankerCounts brought_to_size(const Ranker& ranker, const RankerCounts& counts) {
  const auto scaled = [](const PairEvidenceCounts& from, double baskets) {
    if (baskets <= 0 || from.baskets <= 0) return from;
    const double factor = baskets / from.baskets;
    return PairEvidenceCounts{from.joint * factor, from.trigger * factor, from.offer * factor,
                              baskets};
  };
  return {scaled(counts.all, static_cast<double>(ranker.fitted_baskets)),
          scaled(counts.recent, static_cast<double>(ranker.fitted_recent_milli) / 1000)};
}

PairTerms pair_terms(const RankerCounts& counts) {
  const PairEvidenceCounts& all = counts.all;
  const PairEvidenceCounts& fresh = counts.recent.baskets > 0 ? counts.recent : all;
  PairTerms terms;
  const double trigger_share = share(all.trigger, all.baskets);
  terms.bayes = fixed(exact_log(1 + all.joint / (kBayesBaskets * trigger_share)));
  const double expected = all.baskets > 0 ? all.trigger * all.offer / all.baskets : 0;
  terms.lift = fixed(exact_log((all.joint + kLiftBaskets) / (expected + kLiftBaskets)));
  terms.confidence = fixed(log_odds(shrunk_confidence(all, kConfidenceBaskets)));
  terms.noisy_or = fixed(noisy_or(all));
  terms.cosine = fixed(all.joint / std::sqrt(std::max(1.0, all.trigger * all.offer)));
  terms.support = fixed(exact_log(1 + all.joint));
  terms.recent_confidence = fixed(log_odds(shrunk_confidence(fresh, kConfidenceBaskets)));
  terms.recent_noisy_or = fixed(noisy_or(fresh));
  return terms;
}

double surprise_boost(double offer_share, double power) {
  const double bits = -exact_log(share(offer_share, 1)) / kLn2;
  return exact_exp(power * exact_log(bits));
}

OfferTerms offer_terms(const RankerCounts& counts, double surprise) {
  const PairEvidenceCounts& all = counts.all;
  const PairEvidenceCounts& recent = counts.recent;
  OfferTerms terms;
  terms.base = fixed(log_odds(share(all.offer, all.baskets)));
  terms.absence = fixed(exact_log(kBayesBaskets / (all.offer + kBayesBaskets)));
  if (recent.baskets > 0) {
    // Shrunk by two baskets, so that an item of five does not swing.
    const double fresh = (recent.offer + 2 * recent.baskets / all.baskets) / recent.baskets;
    terms.trend = fixed(exact_log(fresh * all.baskets / (all.offer + 2)));
  }
  terms.boost = fixed(surprise_boost(share(all.offer, all.baskets), surprise));
  return terms;
}

}  // namespace xsell::rules

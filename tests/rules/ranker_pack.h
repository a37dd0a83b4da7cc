// A pack of mined pairs for tests of the ranker: `items` items, each with `offers` others.
#ifndef XSELL_TESTS_RULES_RANKER_PACK_H_
#define XSELL_TESTS_RULES_RANKER_PACK_H_

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "rules/pair_ranker.h"

namespace xsell::rules {

struct RankerPack {
  FlatLists<PairTarget> pairs;
  RankerIndex index;

  RankerPack(std::uint32_t items, std::uint32_t offers) {
    std::mt19937_64 random(items + offers);
    constexpr double kBaskets = 100'000;
    std::vector<double> counts(items);
    for (double& count : counts) count = 50 + static_cast<double>(random() % 5000);
    index.offers.resize(items);
    for (std::uint32_t item = 0; item < items; ++item) {
      index.offers[item] = offer_terms({{0, 0, counts[item], kBaskets}, {}}, 0);
    }
    std::vector<std::pair<std::uint32_t, PairTarget>> placed;
    for (std::uint32_t trigger = 0; trigger < items; ++trigger) {
      for (std::uint32_t i = 1; i <= offers; ++i) {
        const std::uint32_t offer = (trigger + i * i) % items;
        const double most = counts[trigger] < counts[offer] ? counts[trigger] : counts[offer];
        const double joint = 5 + static_cast<double>(random() % 1000) / 1000 * (most - 5);
        placed.emplace_back(trigger, PairTarget{offer, 1});
        index.pairs.push_back(pair_terms({{joint, counts[trigger], counts[offer], kBaskets}, {}}));
      }
    }
    pairs = FlatLists<PairTarget>(items, placed);
    for (std::size_t term = 0; term < kRankerTerms; ++term) {
      index.ranker.weights[term] = static_cast<std::int32_t>(random() % 65536) - 32768;
    }
    index.ranker.surest_scores.assign(kSurestScores, 0);
    for (std::int32_t& weight : index.replenishment.weights) {
      weight = static_cast<std::int32_t>(random() % 65536) - 32768;
    }
    index.replenishment.surest_scores.assign(kSurestScores, 0);
  }
};

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_RANKER_PACK_H_

// The ranker against plain definitions, and its chances against what simulated customers did.
#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "hq/evaluate/random.h"
#include "hq/mine/pack_ranker.h"
#include "hq/mine/ranker_fit.h"
#include "hq/mine/surest_trial.h"
#include "tests/hq/calibration.h"

namespace xsell::hq {
namespace {

// Groups of five items that go together, strongly to weakly; two or three groups a basket.
BasketTable grouped_baskets(std::size_t count, std::uint64_t seed) {
  constexpr std::uint32_t kGroups = 20, kGroupItems = 5;
  Random random(seed);
  BasketTable table;
  for (std::uint32_t item = 0; item < kGroups * kGroupItems; ++item) {
    table.item_ids.push_back(item);
  }
  for (std::size_t index = 0; index < count; ++index) {
    std::set<std::uint32_t> basket;
    for (std::size_t i = 0, groups = 2 + random.below(2); i < groups; ++i) {
      const auto group = static_cast<std::uint32_t>(random.below(kGroups));
      for (std::uint32_t item = 0; item < kGroupItems; ++item) {
        if (random.below(100) < 15 + 4 * group) basket.insert(group * kGroupItems + item);
      }
    }
    if (basket.empty()) basket.insert(0);
    std::vector<std::uint32_t> items(basket.begin(), basket.end());
    random.shuffle(std::span(items));
    table.items.insert(table.items.end(), items.begin(), items.end());
    table.begins.push_back(table.items.size());
    table.times_s.push_back(static_cast<std::int64_t>(index) * 600);
  }
  return table;
}

double log_odds(double p) { return std::log(p / (1 - p)); }

TEST(RankerTest, TermsAreTheStatisticsTheyAreNamedAfter) {
  const BasketTable table = grouped_baskets(3000, 1);
  PackOptions options;
  options.keeps_staples = true;
  Pack pack = build_pack(count_pairs(table, 0, 3000, 5), options);
  add_recent_counts(pack, table, 0, 3000, 5);
  PackRanker ranker(pack, {});
  const std::vector<std::uint32_t> basket = {3, 60, 61, 99};
  for (const std::uint32_t item : basket) ranker.scan(item);
  const double n = 3000, k = 4;
  std::size_t seen = 0;
  std::size_t spoken_for_by_last = 0;
  for (const rules::RankedOffer& offer : ranker.offers()) {
    const std::uint32_t j = offer.item;
    const double cj = pack.item_counts[j], pj = cj / n;
    double bayes = k * std::log(50 / (cj + 50)), lift = -99, noisy = 0, cosine = 0, support = 0;
    double recent = -99, recent_noisy = 0, last = 0, last_confidence = 0, last_cosine = 0;
    std::vector<double> confidences;
    const double rn = static_cast<double>(pack.recent_basket_milli) / 1e3;
    const double rj = static_cast<double>(pack.recent_item_milli[j]) / 1e3;
    for (const std::uint32_t a : basket) {
      for (const MinedRule& rule : pack.rules_of(a)) {
        if (rule.offer != j) continue;
        const double ca = pack.item_counts[a], joint = rule.joint_count;
        bayes += std::log(1 + joint / (50 * ca / n));
        lift = std::max(lift, std::log((joint + 20) / (ca * cj / n + 20)));
        confidences.push_back(log_odds((joint + 5 * pj) / (ca + 5)));
        noisy -= std::log(1 - 0.6 * (joint + 10 * pj) / (ca + 10));
        cosine += joint / std::sqrt(ca * cj);
        if (a == basket.back()) {
          last = 1;
          last_confidence = confidences.back();
          last_cosine = joint / std::sqrt(ca * cj);
          ++spoken_for_by_last;
        }
        support = std::max(support, std::log(1 + joint));
        const double rx = static_cast<double>(rule.recent_joint_milli) / 1e3;
        const double ra = static_cast<double>(pack.recent_item_milli[a]) / 1e3;
        recent = std::max(recent, log_odds((rx + 5 * rj / rn) / (ra + 5)));
        recent_noisy -= std::log(1 - 0.6 * (rx + 10 * rj / rn) / (ra + 10));
      }
    }
    std::sort(confidences.rbegin(), confidences.rend());
    const double temper = std::pow(k, -0.7), lines = std::log(k);
    const double trend = std::log((rj + 2 * rn / n) / rn * n / (cj + 2));
    const double speaking = std::log(static_cast<double>(confidences.size()));
    const double silent = std::log(1 + k - static_cast<double>(confidences.size()));
    const double second = confidences.size() > 1 ? std::max(-9.0, confidences[1]) : -9;
    const std::map<rules::RankerTerm, double> expected = {
        {rules::RankerTerm::always, 1},
        {rules::RankerTerm::base, log_odds(pj)},
        {rules::RankerTerm::bayes, temper * bayes},
        {rules::RankerTerm::lift, lift},
        {rules::RankerTerm::confidence, confidences[0]},
        {rules::RankerTerm::second, second},
        {rules::RankerTerm::noisy_or, std::log(noisy)},
        {rules::RankerTerm::cosine, temper * cosine},
        {rules::RankerTerm::support, support},
        {rules::RankerTerm::speaking, speaking},
        {rules::RankerTerm::recent_confidence, recent},
        {rules::RankerTerm::recent_noisy_or, std::log(recent_noisy)},
        {rules::RankerTerm::trend, trend},
        {rules::RankerTerm::silent, silent},
        {rules::RankerTerm::last, last},
        {rules::RankerTerm::last_confidence, last_confidence},
        {rules::RankerTerm::last_cosine, last_cosine},
        {rules::RankerTerm::lines, lines},
        {rules::RankerTerm::lines_base, lines * log_odds(pj)},
        {rules::RankerTerm::lines_bayes, lines * temper * bayes},
        {rules::RankerTerm::lines_lift, lines * lift},
        {rules::RankerTerm::lines_confidence, lines * confidences[0]},
        {rules::RankerTerm::lines_second, lines * second},
        {rules::RankerTerm::lines_noisy_or, lines * std::log(noisy)},
        {rules::RankerTerm::lines_speaking, lines * speaking},
        {rules::RankerTerm::lines_trend, lines * trend},
        {rules::RankerTerm::lines_silent, lines * silent},
        {rules::RankerTerm::lines_last_confidence, lines * last_confidence},
        {rules::RankerTerm::lines_last_cosine, lines * last_cosine}};
    ASSERT_EQ(expected.size(), rules::kRankerTerms);
    const auto terms = ranker.pairs().terms(j);
    for (const auto& [term, value] : expected) {
      EXPECT_NEAR(terms[static_cast<std::size_t>(term)] / 65536.0, value, 2e-3)
          << rules::name_of(term) << " of " << j;
    }
    ++seen;
  }
  EXPECT_GT(seen, 10u);
  EXPECT_GT(spoken_for_by_last, 0u);
  EXPECT_LT(spoken_for_by_last, seen);
}

TEST(RankerTest, ScoresAreTheWeightedTerms) {
  const BasketTable table = grouped_baskets(3000, 8);
  const RankedPack ranked = build_ranked_pack(table, 0, 3000, {}, true);
  ASSERT_TRUE(ranked.ranker.is_fitted());
  PackRanker ranker(ranked.pack, ranked.ranker);
  std::size_t seen = 0;
  for (const std::uint32_t item : {3u, 60u, 61u, 99u, 62u, 98u}) {
    ranker.scan(item);
    for (const rules::RankedOffer& offer : ranker.offers()) {
      const auto terms = ranker.pairs().terms(offer.item);
      double sum = 0;
      for (std::size_t t = 0; t < rules::kRankerTerms; ++t) {
        sum += static_cast<double>(ranked.ranker.weights[t]) * terms[t] / 65536;
      }
      EXPECT_NEAR(offer.score, sum, 64) << offer.item;  // of 65536: what rounding leaves
      ++seen;
    }
  }
  EXPECT_GT(seen, 20u);
}

// Baskets without dates: there is no latest fifth, all of them are fitted on.
TEST(RankerTest, WithoutDatesEveryBasketIsFittedOnOnce) {
  BasketTable table = grouped_baskets(3000, 9);
  std::size_t scans = 0;
  for (std::size_t b = 0; b < 3000; ++b) scans += table.basket(b).size() - 1;
  std::fill(table.times_s.begin(), table.times_s.end(), 0);
  PackOptions options;
  options.min_joint_count = 1;
  std::size_t fitted = 0;
  build_ranked_pack(table, 0, 3000, options, true, false,
                    [&](std::span<const HeldOut> held_out, const rules::Ranker& ranker) {
                      fitted = rank_scans(held_out, ranker, true).size();
                    });
  EXPECT_EQ(fitted, scans);
}

TEST(RankerTest, WhatLeftTheBasketIsForgottenToTheLastBit) {
  const BasketTable table = grouped_baskets(4000, 2);
  const RankedPack ranked = build_ranked_pack(table, 0, 4000, {}, true);
  ASSERT_TRUE(ranked.ranker.is_fitted());
  PackRanker changing(ranked.pack, ranked.ranker);
  auto& pairs = const_cast<rules::PairRanker&>(changing.pairs());
  Random random(3);
  std::vector<std::uint32_t> held;  // as they came
  for (int step = 0; step < 2000; ++step) {
    const auto item = static_cast<std::uint32_t>(random.below(100));
    if (const auto found = std::find(held.begin(), held.end(), item); found == held.end()) {
      pairs.add(item);
      held.push_back(item);
    } else {
      pairs.remove(item);
      held.erase(found);
    }
    if (step % 200 < 100) changing.offers();  // one change at a time, and several at once
    if (step % 7 != 0) continue;
    PackRanker fresh(ranked.pack, ranked.ranker);
    for (const std::uint32_t one : held) fresh.scan(one);
    std::map<std::uint32_t, std::int32_t> expected, scores;
    for (const auto& offer : fresh.offers()) expected[offer.item] = offer.score;
    for (const auto& offer : changing.offers()) scores[offer.item] = offer.score;
    ASSERT_EQ(scores, expected) << step;
  }
}

// Fitted on one year of a known process, the chances hold in the next.
TEST(RankerTest, ChancesAreCalibratedOnFreshBaskets) {
  const BasketTable history = grouped_baskets(12'000, 4);
  const RankedPack ranked = build_ranked_pack(history, 0, 12'000, {}, true);
  const BasketTable fresh = grouped_baskets(12'000, 5);
  std::vector<RankedScan> scans = rank_scans(ranked.pack, ranked.ranker, fresh, 0, 12'000, true);
  std::erase_if(scans, [](const RankedScan& scan) { return !scan.has_offer; });
  ASSERT_GT(scans.size(), 10'000u);
  expect_calibrated(scans, 0.025);
}

TEST(RankerTest, TheSurestShareOfFreshScansIsWhatWasAskedFor) {
  const BasketTable history = grouped_baskets(12'000, 6);
  const RankedPack ranked = build_ranked_pack(history, 0, 12'000, {}, true);
  const std::vector<RankedScan> scans =
      rank_scans(ranked.pack, ranked.ranker, grouped_baskets(8000, 7), 0, 8000, true);
  for (const std::size_t percent : {5u, 15u, 40u}) {
    const std::int64_t least = ranked.ranker.surest_scores[percent - 1];
    const auto prompted = std::count_if(scans.begin(), scans.end(), [&](const RankedScan& scan) {
      return scan.has_offer && scan.score >= least;
    });
    EXPECT_NEAR(static_cast<double>(prompted) / static_cast<double>(scans.size()),
                static_cast<double>(percent) / 100, 0.02);
  }
}

// What mine says of few baskets is what comes of them, and what it says of many as well.
TEST(SurestTrialTest, PromisesWhatFreshBasketsBring) {
  const BasketTable fresh = grouped_baskets(3000, 40);
  for (const std::size_t baskets : {150u, 6000u}) {
    double promised = 0, came = 0, fitted = 0;
    const int rounds = baskets < 1000 ? 12 : 1;
    for (int round = 0; round < rounds; ++round) {
      const BasketTable history = grouped_baskets(baskets, 20 + static_cast<std::uint64_t>(round));
      SurestTrial trial;
      const auto share_of_hits = [](std::vector<RankedScan> scans) {
        const std::int64_t least = least_score(scans, 0.15);
        std::erase_if(
            scans, [&](const RankedScan& scan) { return !scan.has_offer || scan.score < least; });
        return static_cast<double>(std::count_if(
                   scans.begin(), scans.end(), [](const RankedScan& one) { return one.is_hit; })) /
               static_cast<double>(scans.size());
      };
      PackOptions options;
      options.keeps_staples = true;
      const RankedPack ranked =
          build_ranked_pack(history, 0, baskets, options, true, false,
                            [&](std::span<const HeldOut> held_out, const rules::Ranker& ranker) {
                              trial = try_surest(held_out, true, 0.15, {});
                              fitted += share_of_hits(rank_scans(held_out, ranker, true)) / rounds;
                            });
      promised += static_cast<double>(trial.hits) / static_cast<double>(trial.prompted) / rounds;
      came += share_of_hits(rank_scans(ranked.pack, ranked.ranker, fresh, 0, 3000, true)) / rounds;
    }
    EXPECT_NEAR(promised, came, 0.07) << baskets << ", on what it was fitted on: " << fitted;
    if (baskets < 1000) {
      EXPECT_GT(fitted, came + 0.1) << "no trial would be needed";
    }
  }
}

// With margins lanes show another of the sure offers, and that one counts.
TEST(SurestTrialTest, CountsTheOfferThatLanesShow) {
  const BasketTable history = grouped_baskets(6000, 41);
  std::size_t by_chance = 0;
  const auto hits = [&](const OfferWorth& worth) {
    SurestTrial trial;
    build_ranked_pack(history, 0, 6000, {}, true, false,
                      [&](std::span<const HeldOut> held_out, const rules::Ranker&) {
                        trial = try_surest(held_out, true, 0.9, worth);
                      });
    by_chance = trial.hits_by_chance;
    return trial.hits;
  };
  const std::size_t alike = hits({});
  EXPECT_EQ(alike, by_chance);
  const auto same = [](const Pack& pack) {
    return std::vector<std::int32_t>(pack.item_counts.size(), 2000);
  };
  EXPECT_EQ(hits({0, same}), by_chance);
  const auto unlikely = [](const Pack& pack) {
    std::vector<std::int32_t> boosts;
    for (std::size_t item = 0; item < pack.item_counts.size(); ++item) {
      boosts.push_back(item < 50 ? 10'000 : 100);  // those that go together weakly
    }
    return boosts;
  };
  EXPECT_LT(hits({0, unlikely}), by_chance);
  EXPECT_EQ(by_chance, alike);
  EXPECT_NE(hits({2, {}}), by_chance);
}

TEST(RankerTest, NothingBoughtGivesNoRanker) {
  BasketTable table;
  for (std::uint32_t item = 0; item < 3; ++item) table.item_ids.push_back(item);
  for (std::int64_t i = 0; i < 200; ++i) {
    table.items.push_back(static_cast<std::uint32_t>(i % 3));
    table.begins.push_back(table.items.size());
    table.times_s.push_back(i);
  }
  EXPECT_FALSE(build_ranked_pack(table, 0, 200, {}, true).ranker.is_fitted());
}

}  // namespace
}  // namespace xsell::hq

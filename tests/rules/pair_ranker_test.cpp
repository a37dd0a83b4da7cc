#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "rules/exact_math.h"
#include "tests/rules/ranker_pack.h"

namespace xsell::rules {
namespace {

TEST(ExactMath, IsAsGoodAsTheLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::ldexp(1 + static_cast<double>(random() >> 11) * 0x1p-53,
                                static_cast<int>(random() % 120) - 60);
    EXPECT_NEAR(exact_log(x), std::log(x), 1e-13 * std::max(1.0, std::abs(std::log(x))));
    const double y = (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * 200;
    EXPECT_NEAR(exact_exp(y), std::exp(y), 1e-13 * std::exp(y));
  }
  EXPECT_EQ(exact_log(1), 0);
  EXPECT_EQ(exact_exp(0), 1);
  EXPECT_EQ(exact_exp(-1000), 0);
}

// The same on every machine: these bits were reckoned once.
TEST(ExactMath, GivesTheBitsItGaveElsewhere) {
  std::uint64_t bits = 0;
  for (int i = 1; i <= 1000; ++i) {
    bits = bits * 31 + std::bit_cast<std::uint64_t>(exact_log(i / 7.0));
    bits = bits * 31 + std::bit_cast<std::uint64_t>(exact_exp(i / 50.0 - 10));
  }
  EXPECT_EQ(bits, 11275160182544389536u);
}

TEST(ExactMath, RoundsHalfAwayFromZeroAndSaturates) {
  EXPECT_EQ(round_to_int32(2.5), 3);
  EXPECT_EQ(round_to_int32(-2.5), -3);
  EXPECT_EQ(round_to_int32(-2.4), -2);
  EXPECT_EQ(round_to_int32(1e300), std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(round_to_int32(-1e300), -std::numeric_limits<std::int32_t>::max());
}

TEST(RankedEvidence, IsMinusLogOfTheChanceOfNoSale) {
  for (double x = -12; x <= 12; x += 0.0371) {
    const auto log_odds = static_cast<std::int32_t>(std::lround(x * 65536));
    EXPECT_NEAR(static_cast<double>(ranked_evidence(log_odds, 65536)) / 65536,
                std::log1p(std::exp(x)), 3e-5);
  }
  EXPECT_GE(ranked_evidence(std::numeric_limits<std::int32_t>::max(), 65536), 16 * 65536 - 1);
  EXPECT_EQ(ranked_evidence(std::numeric_limits<std::int32_t>::min(), 65536), 0);
  EXPECT_NEAR(ranked_evidence(0, 2 * 65536), 2 * ranked_evidence(0, 65536), 1);
}

TEST(RankedEvidence, RisesWithTheScore) {
  std::int64_t last = -1;
  for (std::int32_t score = -1'200'000; score <= 1'200'000; score += 97) {
    const std::int64_t evidence = ranked_evidence(score, 65536);
    ASSERT_GE(evidence, last);
    last = evidence;
  }
}

TEST(OfferTerms, SurpriseRaisesWhatFewBuy) {
  const auto boost = [](double count, double power) {
    return offer_terms({{0, 0, count, 1024}, {}}, power).boost / 65536.0;
  };
  EXPECT_DOUBLE_EQ(boost(256, 0), 1);
  EXPECT_NEAR(boost(256, 1), 2, 1e-4) << "a quarter of all baskets: 2 bits";
  EXPECT_NEAR(boost(1, 1), 10, 1e-3);
  EXPECT_NEAR(boost(1, 0.5), std::sqrt(10), 1e-3);
}

TEST(PairTermsTest, TheSameSharesOfMoreBasketsAreBroughtToTheFittedSize) {
  Ranker ranker;
  ranker.fitted_baskets = 1000;
  ranker.fitted_recent_milli = 100'000;
  const RankerCounts fitted = {{20, 60, 80, 1000}, {3, 5, 8, 100}};
  const RankerCounts larger = {{60, 180, 240, 3000}, {6, 10, 16, 200}};
  EXPECT_NE(pair_terms(fitted), pair_terms(larger));
  EXPECT_EQ(pair_terms(fitted), pair_terms(brought_to_size(ranker, larger)));
  EXPECT_EQ(offer_terms(fitted, 0), offer_terms(brought_to_size(ranker, larger), 0));
}

TEST(PairRankerTest, ALongBasketOfExtremesStaysInRange) {
  const RankerPack pack(2000, 50);
  PairRanker ranker(pack.pairs, pack.index);
  for (std::uint32_t item = 0; item < 1500; ++item) ranker.add(item);
  EXPECT_TRUE(ranker.refresh());
  EXPECT_FALSE(ranker.refresh()) << "nothing changed";
  EXPECT_GT(ranker.offers().size(), 1500u);
  for (std::uint32_t item = 0; item < 1500; ++item) ranker.remove(item);
  EXPECT_TRUE(ranker.refresh());
  EXPECT_TRUE(ranker.offers().empty());
}

}  // namespace
}  // namespace xsell::rules

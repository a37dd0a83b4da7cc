#include "hq/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace xsell::hq {
namespace {

TEST(StatisticsTest, WilsonMatchesPublishedValues) {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
  const Interval a = wilson_interval(81, 263);
  EXPECT_NEAR(a.low, 0.2553, 0.0001);
  EXPECT_NEAR(a.high, 0.3662, 0.0001);
  const Interval zero = wilson_interval(0, 20);
  EXPECT_NEAR(zero.low, 0, 1e-12);
  EXPECT_NEAR(zero.high, 0.1611, 0.0001);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

TEST(StatisticsTest, NewcombeMatchesPublishedValues) {
  // Newcombe 1998, "Interval estimation for the difference", table II, method 10.
  const Interval a = newcombe_interval(56, 70, 48, 80);
  EXPECT_NEAR(a.low, 0.0524, 0.0001);
  EXPECT_NEAR(a.high, 0.3339, 0.0001);
  const Interval b = newcombe_interval(9, 10, 3, 10);
  EXPECT_NEAR(b.low, 0.1705, 0.0001);
  EXPECT_NEAR(b.high, 0.8090, 0.0001);
}

TEST(StatisticsTest, StudentTMatchesTables) {
  const std::pair<double, double> table[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},
                                             {5, 2.571},  {10, 2.228}, {30, 2.042}, {1000, 1.962}};
  for (const auto& [degrees, expected] : table) {
    EXPECT_NEAR(student_t95(degrees), expected, 0.004 * expected) << degrees;
  }
}

// How often an interval of simulated data holds the truth.
template <typename MakeInterval>
double coverage(double truth, MakeInterval make_interval) {
  std::mt19937_64 random(42);
  constexpr int kRuns = 4000;
  int covered = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Interval interval = make_interval(random);
    if (interval.low <= truth && truth <= interval.high) ++covered;
  }
  return static_cast<double>(covered) / kRuns;
}

TEST(StatisticsTest, IntervalsCoverTheTruthNearlyAsOftenAsTheySay) {
  for (const auto& [n, p] : {std::pair{50, 0.02}, {300, 0.05}, {40, 0.5}, {2000, 0.01}}) {
    const double share = coverage(p, [&, n = n, p = p](auto& random) {
      return wilson_interval(std::binomial_distribution<unsigned>(n, p)(random), n);
    });
    EXPECT_GT(share, 0.92) << n << ' ' << p;
    EXPECT_LT(share, 0.99) << n << ' ' << p;
  }
  const double difference = coverage(0.03, [](auto& random) {
    return newcombe_interval(std::binomial_distribution<unsigned>(900, 0.08)(random), 900,
                             std::binomial_distribution<unsigned>(100, 0.05)(random), 100);
  });
  EXPECT_GT(difference, 0.93);
  EXPECT_LT(difference, 0.98);
  // Basket amounts are skewed; arms of unlike size and spread.
  const double welch = coverage(0, [](auto& random) {
    std::lognormal_distribution<double> wide(3, 0.8);
    const double mean = std::exp(3 + 0.8 * 0.8 / 2);
    std::normal_distribution<double> narrow(mean, 5);
    Mean a, b;
    for (int i = 0; i < 900; ++i) a.add(wide(random));
    for (int i = 0; i < 100; ++i) b.add(narrow(random));
    return welch_interval(a, b);
  });
  EXPECT_GT(welch, 0.93);
  EXPECT_LT(welch, 0.97);
}

// Clusters of one to five tries, of a chance of their own each.
TEST(StatisticsTest, SharesOfClustersCoverTheTruth) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> unit(0, 1);
  int covered = 0, covered_if_independent = 0;
  for (int round = 0; round < 1000; ++round) {
    ClusteredShare share;
    for (int cluster = 0; cluster < 120; ++cluster) {
      const double chance = unit(random) < 0.3 ? 0.9 : 0.05;
      const auto n = 1 + random() % 5;
      std::uint64_t hits = 0;
      for (std::uint64_t i = 0; i < n; ++i) hits += unit(random) < chance ? 1 : 0;
      share.add_cluster(hits, n);
    }
    const double truth = 0.3 * 0.9 + 0.7 * 0.05;
    const auto holds = [&](const Interval& one) { return one.low <= truth && truth <= one.high; };
    if (holds(share.interval())) ++covered;
    if (holds(wilson_interval(share.successes(), share.n()))) ++covered_if_independent;
  }
  EXPECT_GE(covered, 925);
  EXPECT_LE(covered, 975);
  EXPECT_LT(covered_if_independent, 850);
  ClusteredShare none;
  EXPECT_EQ(none.share(), 0);
  none.add_cluster(0, 3);
  EXPECT_EQ(none.interval().high, wilson_interval(0, 3).high);
}

TEST(StatisticsTest, MeanMatchesTheTextbookFormula) {
  Mean mean;
  for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) mean.add(value);
  EXPECT_DOUBLE_EQ(mean.mean(), 5);
  EXPECT_NEAR(mean.variance(), 32.0 / 7, 1e-12);
  EXPECT_NEAR(mean.interval().high - 5, 2.3646 * std::sqrt(32.0 / 7 / 8), 0.003);
}

double choose(int n, int k) {
  double value = 1;
  for (int i = 0; i < k; ++i) value = value * (n - i) / (i + 1);
  return value;
}

TEST(StatisticsTest, ChanceOfJointCountEqualsTheSumOverAllTables) {
  const LogFactorials log_factorials(60);
  for (int a = 1; a <= 20; a += 3) {
    for (int b = 1; b <= 20; b += 4) {
      for (int joint = 1; joint <= std::min(a, b); ++joint) {
        if (joint <= a * b / 60.0) continue;
        double exact = 0;
        for (int k = joint; k <= std::min(a, b); ++k) {
          exact += choose(a, k) * choose(60 - a, b - k) / choose(60, b);
        }
        const double p = chance_of_joint_count(log_factorials, joint, a, b, 60);
        EXPECT_NEAR(p / exact, 1, 1e-5) << a << ' ' << b << ' ' << joint;
      }
    }
  }
  EXPECT_EQ(chance_of_joint_count(log_factorials, 1, 30, 30, 60), 1);
  EXPECT_EQ(chance_of_joint_count(log_factorials, 0, 30, 30, 60), 1);
}

TEST(StatisticsTest, FalseDiscoveryThresholdIsBenjaminiHochbergs) {
  // The example of their paper (1995, section 4.1): 15 tests, rate 0.05, four discoveries.
  std::vector<double> p = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                           0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  EXPECT_EQ(false_discovery_threshold(p, 15, 0.05), 0.0095);
  EXPECT_EQ(false_discovery_threshold(p, 15'000'000, 0.05), -1);
}

}  // namespace
}  // namespace xsell::hq

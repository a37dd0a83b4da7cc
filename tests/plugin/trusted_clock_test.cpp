#include "plugin/trusted_clock.h"

#include <gtest/gtest.h>

namespace xsell::plugin {
namespace {

constexpr int64_t kSigned_s = 1'800'000'000;
constexpr int64_t kHour_s = 3'600;
constexpr int64_t kDay_s = 86'400;
constexpr int64_t kYear_s = 365 * kDay_s;

TEST(TrustedClock, A32_a_clock_that_is_right_is_believed) {
  const TrustedClock clock(kSigned_s);
  for (const int64_t later_s : {int64_t{0}, kHour_s, 100 * kDay_s}) {
    EXPECT_FALSE(clock.is_suspect(kSigned_s + later_s));
    EXPECT_EQ(clock.for_checks({kSigned_s + later_s, 0}), kSigned_s + later_s);
    EXPECT_EQ(clock.for_age({kSigned_s + later_s, 0}), kSigned_s + later_s);
  }
}

TEST(TrustedClock, A32_an_hour_back_is_slack_and_time_stands_still_meanwhile) {
  const TrustedClock clock(kSigned_s);
  EXPECT_FALSE(clock.is_suspect(kSigned_s - kHour_s));
  EXPECT_EQ(clock.for_checks({kSigned_s - kHour_s, 0}), kSigned_s);
}

TEST(TrustedClock, A32_1970_and_2038_are_suspect_and_the_signed_time_counts) {
  for (const int64_t wrong_s : {int64_t{0}, int64_t{2'147'483'648}, kSigned_s + kYear_s}) {
    TrustedClock clock(kSigned_s);
    EXPECT_TRUE(clock.is_suspect(wrong_s)) << wrong_s;
    EXPECT_EQ(clock.for_checks({wrong_s, 50}), kSigned_s);
    clock.learn(kSigned_s + kDay_s, {wrong_s, 100});
    EXPECT_EQ(clock.last_signed_s(), kSigned_s + kDay_s);
    EXPECT_EQ(clock.for_checks({wrong_s, 100 + kHour_s}), kSigned_s + kDay_s + kHour_s);
    EXPECT_EQ(clock.for_age({wrong_s, 100 + kHour_s}), kSigned_s + kDay_s + kHour_s);
  }
}

TEST(TrustedClock, A32_no_future_is_taken_from_the_clock) {
  TrustedClock clock(kSigned_s);
  clock.for_checks({kSigned_s + 10 * kYear_s, 0});
  clock.for_age({kSigned_s + 10 * kYear_s, 0});
  EXPECT_EQ(clock.last_signed_s(), kSigned_s);
  EXPECT_FALSE(clock.is_suspect(kSigned_s + 1));
}

TEST(TrustedClock, TheSameHeadAgainDoesNotTurnTimeBack) {
  TrustedClock clock(0);
  clock.learn(kSigned_s, {0, 100});
  clock.learn(kSigned_s, {0, 100 + 5 * kHour_s});
  clock.learn(kSigned_s - kDay_s, {0, 100 + 5 * kHour_s});
  EXPECT_EQ(clock.for_checks({0, 100 + 6 * kHour_s}), kSigned_s + 6 * kHour_s);
}

TEST(TrustedClock, ALaneThatWasAwayForLongCallsItselfStaleUntilItHearsOfSomethingNewer) {
  TrustedClock clock(kSigned_s);
  const int64_t now_s = kSigned_s + 3 * kYear_s;
  EXPECT_EQ(clock.for_age({now_s, 0}), now_s);
  EXPECT_EQ(clock.for_checks({now_s, 0}), kSigned_s);
  clock.learn(now_s - kHour_s, {now_s, 0});
  EXPECT_FALSE(clock.is_suspect(now_s));
  EXPECT_EQ(clock.for_age({now_s, 0}), now_s);
}

TEST(TrustedClock, BeforeTheFirstHeadTheClockIsAllThereIs) {
  const TrustedClock clock(0);
  EXPECT_FALSE(clock.is_suspect(kSigned_s));
  EXPECT_EQ(clock.for_checks({kSigned_s, 0}), kSigned_s);
}

}  // namespace
}  // namespace xsell::plugin

#include <gtest/gtest.h>

#include "sdk/examples/lane/money.h"
#include "sdk/examples/lane/sale_clock.h"

namespace {

TEST(Money, WritesAmounts) {
  EXPECT_EQ(lane::format_amount(1250, "EUR"), "12.50");
  EXPECT_EQ(lane::format_amount(-5, "EUR"), "-0.05");
  EXPECT_EQ(lane::format_amount(1250, "JPY"), "1250");
  EXPECT_EQ(lane::format_amount(1250, "KWD"), "1.250");
}

TEST(Money, WritesQuantities) {
  EXPECT_EQ(lane::format_quantity(2000), "2");
  EXPECT_EQ(lane::format_quantity(350), "0.35");
}

TEST(Money, ReadsDecimals) {
  EXPECT_EQ(lane::parse_decimal("12.5", 2), 1250);
  EXPECT_EQ(lane::parse_decimal("12.500", 2), 1250);
  EXPECT_EQ(lane::parse_decimal("-0.05", 2), -5);
  EXPECT_EQ(lane::parse_decimal("12.505", 2), std::nullopt);
  EXPECT_EQ(lane::parse_decimal("12,5", 2), std::nullopt);
  EXPECT_EQ(lane::parse_decimal("", 2), std::nullopt);
  EXPECT_EQ(lane::parse_decimal(".", 2), std::nullopt);
}

TEST(SaleClock, ReadsAndWritesLocalTime) {
  EXPECT_EQ(lane::parse_local_time("2011-12-01T10:15:00"), 1322734500);
  EXPECT_EQ(lane::parse_local_time("2011-12-01 10:15"), 1322734500);
  EXPECT_EQ(lane::parse_local_time("2011-12-01"), 1322697600);
  EXPECT_EQ(lane::parse_local_time("2011-02-30"), std::nullopt);
  EXPECT_EQ(lane::parse_local_time("2011-12-01T25:00"), std::nullopt);
  EXPECT_EQ(lane::parse_local_time("2011-12-01Txyz"), std::nullopt);
  EXPECT_EQ(lane::format_local_time(1322734500), "2011-12-01T10:15:00");
}

TEST(SaleClock, MovesBothClocksOn) {
  lane::SaleClock clock;
  clock.set_local_time(1000);
  const std::uint64_t before = clock.monotonic_ns();
  clock.advance(std::chrono::seconds(60));
  EXPECT_GE(clock.monotonic_ns() - before, 60'000'000'000u);
  EXPECT_GE(clock.local_time_s(), 1060);
}

}  // namespace

#include "plugin/time_zone.h"

#include <gtest/gtest.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::plugin {
namespace {

TEST(TimeZone, FollowsDaylightSaving) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  ASSERT_TRUE(berlin) << "the package tzdata is needed";
  EXPECT_EQ(berlin->utc_offset_s(1'780'000'000), 7200);  // 28 May 2026
  EXPECT_EQ(berlin->utc_offset_s(1'795'000'000), 3600);  // 18 November 2026
  EXPECT_EQ(berlin->utc_offset_s(1'774'745'999),
            3600);  // one second before 29 March 2026, 01:00 UTC
  EXPECT_EQ(berlin->utc_offset_s(1'774'746'000), 7200);
  const auto lima = TimeZone::find("America/Lima");
  ASSERT_TRUE(lima);
  EXPECT_EQ(lima->utc_offset_s(1'795'000'000), -5 * 3600);
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  EXPECT_FALSE(TimeZone::find("Mars/Olympus"));
  EXPECT_FALSE(TimeZone::find("../../etc/passwd"));
  EXPECT_FALSE(TimeZone::find(""));
  EXPECT_FALSE(TimeZone::parse(""));
  const std::string whole = tests::read_text("/usr/share/zoneinfo/Europe/Berlin");
  for (size_t size = 0; size < whole.size() - 30; size += 7) {
    EXPECT_FALSE(TimeZone::parse(std::string_view(whole).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace xsell::plugin

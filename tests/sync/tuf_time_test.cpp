#include <gtest/gtest.h>

#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {
namespace {

TEST(UtcTime, ReadsAndWritesTheOneForm) {
  for (const int64_t time_s : {int64_t{0}, int64_t{951'827'696}, int64_t{1'800'000'000},
                               int64_t{2'147'483'648}, int64_t{253'402'300'799}}) {
    EXPECT_EQ(parse_utc_time(format_utc_time(time_s)), time_s);
  }
  EXPECT_EQ(format_utc_time(951'827'696), "2000-02-29T12:34:56Z");
}

TEST(UtcTime, RefusesOtherFormsAndDaysThatDoNotExist) {
  for (const char* text : {"", "2027-01-02", "2027-01-02 03:04:05Z", "2027-01-02T03:04:05",
                           "2027-01-02T03:04:05+00:00", "2027-02-29T00:00:00Z",
                           "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z", "2027-01-01T24:00:00Z",
                           "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2027-01-0aT00:00:00Z",
                           "-027-01-01T00:00:00Z", "2027-01-02T03:04:05.0Z"}) {
    EXPECT_FALSE(parse_utc_time(text)) << text;
  }
}

}  // namespace
}  // namespace xsell::sync::tuf

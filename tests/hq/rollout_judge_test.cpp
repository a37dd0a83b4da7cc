#include "hq/rollout_judge.h"

#include <gtest/gtest.h>

namespace xsell::hq {
namespace {

constexpr std::int64_t kOpened_s = 1'790'000'000;
constexpr std::uint64_t kVersion = 12;
const sync::Rollout kAll{{{.version = kVersion, .stores_bp = sync::kAllStores_bp}}};

Device lane(const std::string& health, std::int64_t reported_at_s = kOpened_s + 60) {
  Device device;
  device.store = "0217";
  device.lane = "3";
  device.reported_at_s = reported_at_s;
  device.health = health;
  return device;
}

const std::string kHasIt = R"({"state":"ready","ready_version":12})";
const std::string kHasOld = R"({"state":"ready","ready_version":11})";

LaneVerdict judge(const Device& device, std::int64_t now_s = kOpened_s + 120) {
  return judge_lane(device, kVersion, kOpened_s, now_s);
}

TEST(RolloutJudge, ReadsFromTheReportHowALaneFares) {
  EXPECT_EQ(judge(lane(kHasIt)), LaneVerdict::kGood);
  EXPECT_EQ(judge(lane(kHasOld)), LaneVerdict::kWaiting);
  EXPECT_EQ(judge(lane(R"({"state":"ready","ready_version":11,"pinned_versions":[12]})")),
            LaneVerdict::kFailed);
  EXPECT_EQ(judge(lane(R"({"state":"ready","ready_version":11,"pinned_versions":[10]})")),
            LaneVerdict::kWaiting);
  EXPECT_EQ(judge(lane(R"({"ready_version":11,"last_error":{"name":"state_hash","version":12}})")),
            LaneVerdict::kFailed);
  EXPECT_EQ(judge(lane(R"({"ready_version":12,"state":"degraded","message":"disk"})")),
            LaneVerdict::kFailed);
  EXPECT_EQ(judge(lane(R"({"ready_version":11,"state":"degraded","message":"disk"})")),
            LaneVerdict::kWaiting);
}

TEST(RolloutJudge, ReportsThatAreNoneSayNothing) {
  for (const char* health : {"", "[]", "{", R"({"ready_version":"12","pinned_versions":12})"}) {
    EXPECT_EQ(judge(lane(health)), LaneVerdict::kWaiting) << health;
  }
}

TEST(RolloutJudge, A36_silence_after_the_ring_was_opened_counts) {
  // It reported until just before, or just after, and then no more.
  for (const std::int64_t last_s :
       {kOpened_s - 30, kOpened_s + 20, kOpened_s + kSilenceWatch_s - 1}) {
    EXPECT_EQ(judge(lane(kHasOld, last_s), std::max(last_s, kOpened_s) + 121),
              LaneVerdict::kSilent);
    EXPECT_EQ(judge(lane(kHasIt, last_s), std::max(last_s, kOpened_s) + 121), LaneVerdict::kSilent);
    EXPECT_NE(judge(lane(kHasIt, last_s), std::max(last_s, kOpened_s) + 120), LaneVerdict::kSilent);
  }
}

TEST(RolloutJudge, StoresThatWereClosedOrCloseLaterAreNotSilent) {
  EXPECT_EQ(judge(lane(kHasOld, kOpened_s - 3'600)), LaneVerdict::kNotAsked);
  EXPECT_EQ(judge(lane(kHasIt, kOpened_s + kSilenceWatch_s), kOpened_s + 40'000),
            LaneVerdict::kGood);
}

TEST(RolloutJudge, LanesThatHqHasShutOutAreNotAsked) {
  Device revoked = lane(kHasIt);
  revoked.revoked_at_s = kOpened_s;
  EXPECT_EQ(judge(revoked), LaneVerdict::kNotAsked);
  Device quarantined = lane(kHasIt);
  quarantined.quarantined_at_s = kOpened_s;
  EXPECT_EQ(judge(quarantined), LaneVerdict::kNotAsked);
}

TEST(RolloutJudge, CountsOnlyLanesThatTheRingLets) {
  std::vector<Device> devices;
  for (int i = 0; i < 1'000; ++i) {
    devices.push_back(lane(kHasIt));
    devices.back().store = std::to_string(i);
  }
  const sync::Rollout tenth{{{.version = kVersion, .stores_bp = 1'000}}};
  const RolloutCount count =
      judge_rollout(devices, tenth, kVersion, "salt", kOpened_s, kOpened_s + 120);
  EXPECT_NEAR(count.good, 100, 40);
  EXPECT_EQ(count.reports(), count.good);
}

TEST(RolloutJudge, A36_five_percent_of_the_canaries_are_too_many) {
  std::vector<Device> devices(100, lane(kHasIt));
  const RolloutLimits limits;
  const auto counted = [&] {
    return judge_rollout(devices, kAll, kVersion, "salt", kOpened_s, kOpened_s + 121);
  };
  EXPECT_FALSE(counted().must_halt(limits));
  for (int i = 0; i < 2; ++i) devices[i].health = R"({"ready_version":11,"pinned_versions":[12]})";
  EXPECT_FALSE(counted().must_halt(limits)) << "two percent are within the limit";
  for (int i = 2; i < 5; ++i) devices[i].reported_at_s = kOpened_s;
  EXPECT_EQ(counted().failed, 2u);
  EXPECT_EQ(counted().silent, 3u);
  EXPECT_TRUE(counted().must_halt(limits));
  ASSERT_EQ(counted().troubled.size(), 5u);
  EXPECT_EQ(counted().troubled.front(), "0217/3: the till ended three times with it");
}

TEST(RolloutJudge, FewReportsSayNothing) {
  const std::vector<Device> devices(2, lane(R"({"pinned_versions":[12]})"));
  const RolloutCount count = judge_rollout(devices, kAll, kVersion, "", kOpened_s, kOpened_s + 60);
  EXPECT_EQ(count.failed, 2u);
  EXPECT_FALSE(count.must_halt({.min_reports = 3}));
  EXPECT_TRUE(count.must_halt({.min_reports = 2}));
}

}  // namespace
}  // namespace xsell::hq

#include <gtest/gtest.h>

#include "sync/control.h"
#include "sync/rollout.h"

namespace xsell::sync {
namespace {

Kill kill_of(KillScope scope, const std::string& value = {}) {
  return {.scope = scope, .value = value, .reason = "a \"test\"", .since_s = 1'790'000'000};
}

TEST(Control, IsReadBackAsWritten) {
  const Control control{{kill_of(KillScope::kAll), kill_of(KillScope::kRule, "r1"),
                         kill_of(KillScope::kCampaign, "P-7"),
                         kill_of(KillScope::kPluginVersion, "1.2.3"),
                         kill_of(KillScope::kStoreGroup, "south")}};
  const auto read = parse_control(to_json(control));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->kills.size(), control.kills.size());
  for (size_t i = 0; i < control.kills.size(); ++i) {
    EXPECT_TRUE(read->kills[i].is_same_switch(control.kills[i])) << i;
    EXPECT_EQ(read->kills[i].reason, "a \"test\"");
    EXPECT_EQ(read->kills[i].since_s, 1'790'000'000);
  }
}

TEST(Control, SilencesWhatItNames) {
  const Control lanes{
      {kill_of(KillScope::kPluginVersion, "1.2.3"), kill_of(KillScope::kStoreGroup, "south")}};
  EXPECT_EQ(lanes.find_lane_kill("1.2.3", {})->value, "1.2.3");
  EXPECT_EQ(lanes.find_lane_kill("1.0.0", {"north", "south"})->value, "south");
  EXPECT_EQ(lanes.find_lane_kill("1.0.0", {"north"}), nullptr);
  EXPECT_NE(Control{{kill_of(KillScope::kAll)}}.find_lane_kill("1.0.0", {}), nullptr);
  const Control rules{{kill_of(KillScope::kRule, "r1"), kill_of(KillScope::kCampaign, "P-7")}};
  EXPECT_EQ(rules.find_lane_kill("1.2.3", {"r1", "P-7"}), nullptr);
  EXPECT_TRUE(rules.kills_rule("r1"));
  EXPECT_FALSE(rules.kills_rule("P-7"));
  EXPECT_TRUE(rules.kills_campaign("P-7"));
  EXPECT_FALSE(rules.kills_campaign("r1"));
}

TEST(Control, PassesOverWhatOnlyALaterVersionKnows) {
  const auto control =
      parse_control(R"({"schema":"xsell.control/1","kills":[{"scope":"moon_phase","value":"full"},)"
                    R"({"scope":"rule"},{"scope":"rule","value":"r1"},7]})");
  ASSERT_TRUE(control);
  ASSERT_EQ(control->kills.size(), 1u);
  EXPECT_EQ(control->kills[0].value, "r1");
}

TEST(Control, OtherDocumentsAreNone) {
  for (const char* json :
       {"", "{}", "[]", R"({"schema":"xsell.control/2","kills":[]})",
        R"({"schema":"xsell.control/1"})", R"({"schema":"xsell.control/1","kills":{}})"}) {
    EXPECT_FALSE(parse_control(json)) << json;
  }
}

TEST(Rollout, IsReadBackAsWritten) {
  const Rollout rollout{{{.version = 12, .stores_bp = 100, .lab = {"0001", "0002"}},
                         {.version = 13, .stores_bp = 0, .is_held = true}}};
  const auto read = parse_rollout(to_json(rollout));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->releases.size(), 2u);
  EXPECT_EQ(read->find(12)->stores_bp, 100u);
  EXPECT_EQ(read->find(12)->lab, (std::vector<std::string>{"0001", "0002"}));
  EXPECT_FALSE(read->find(12)->is_held);
  EXPECT_TRUE(read->find(13)->is_held);
  EXPECT_EQ(read->find(14), nullptr);
}

TEST(Rollout, LetsTheLabAndTheStoresBelowItsShare) {
  const Rollout rollout{{{.version = 12, .stores_bp = 1'000, .lab = {"lab"}}}};
  int let = 0;
  for (int store = 0; store < 10'000; ++store) {
    const std::string name = "store-" + std::to_string(store);
    const bool lets = rollout.lets(12, "salt", name);
    EXPECT_EQ(lets, rollout_bucket("salt", name) < 1'000);
    let += lets ? 1 : 0;
  }
  EXPECT_NEAR(let, 1'000, 120);  // four standard deviations
  EXPECT_TRUE(rollout.lets(12, "salt", "lab"));
}

TEST(Rollout, EachReleaseDrawsAnotherOrder) {
  int same = 0;
  for (int store = 0; store < 1'000; ++store) {
    const std::string name = std::to_string(store);
    same += (rollout_bucket("a", name) < 5'000) == (rollout_bucket("b", name) < 5'000) ? 1 : 0;
  }
  EXPECT_NEAR(same, 500, 80);
}

TEST(Rollout, BucketsAreTheSameOnEveryMachine) {
  // printf 'salt|0217' | sha256sum, first 8 bytes modulo 10,000.
  EXPECT_EQ(rollout_bucket("salt", "0217"), 5851u);
}

TEST(Rollout, AStagedReleaseIsHeldUntilItIsNamedAndAnotherIsFree) {
  const Rollout nothing;
  EXPECT_FALSE(nothing.lets(12, "salt", "0217"));
  EXPECT_TRUE(nothing.lets(12, "", "0217"));
  const Rollout held{
      {{.version = 12, .stores_bp = kAllStores_bp, .lab = {"0217"}, .is_held = true}}};
  EXPECT_FALSE(held.lets(12, "", "0217"));
  const Rollout all{{{.version = 12, .stores_bp = kAllStores_bp}}};
  EXPECT_TRUE(all.lets(12, "salt", "0217"));
}

TEST(Rollout, OtherDocumentsAreNone) {
  for (const char* json : {"", "{}", R"({"schema":"xsell.rollout/2","releases":[]})",
                           R"({"schema":"xsell.rollout/1"})"}) {
    EXPECT_FALSE(parse_rollout(json)) << json;
  }
  const auto odd =
      parse_rollout(R"({"schema":"xsell.rollout/1","releases":[{"version":1,"stores_bp":10001},)"
                    R"({"version":0,"stores_bp":1},{"version":2},5]})");
  ASSERT_TRUE(odd);
  EXPECT_TRUE(odd->releases.empty());
}

}  // namespace
}  // namespace xsell::sync

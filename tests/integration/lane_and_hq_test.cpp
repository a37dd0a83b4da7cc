// The real library and the real headquarters, over HTTPS on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/integration/hq_program.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "xsell/host.hpp"

namespace xsell {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::HqProgram;
using tests::line_of;
using tests::ProgramResult;
using tests::wait_for;

class LaneAndHq : public testing::Test {
 protected:
  LaneAndHq() { hq_.serve(); }

  std::string data_folder(const std::string& lane = "1") const {
    return lanes_.file("lane-" + lane);
  }

  ProgramResult xsell(std::vector<std::string> arguments, const std::string& lane = "1") {
    tests::write_text(lanes_.file("xsell.json"), "{}");
    std::vector<std::string> all = {XSELL_PROGRAM, "--config", lanes_.file("xsell.json"),
                                    "--data-folder", data_folder(lane)};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return tests::run_program(all);
  }

  void enroll(const std::string& lane = "1") {
    const ProgramResult result = xsell({"enroll", hq_.enrolment_token(lane)}, lane);
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("enrolled at " + hq_.url() + " as store 0217, lane " + lane));
  }

  std::unique_ptr<Lane> open(const std::string& lane = "1") {
    tests::write_text(lanes_.file("xsell.json"), "{}");
    HostOptions options;
    options.config_file = lanes_.file("xsell.json");
    options.data_folder = data_folder(lane);
    options.log = [](uint32_t level, std::string_view text) {
      if (level >= XSELL_LOG_WARNING) std::cout << "lane: " << text << "\n";
    };
    std::string error;
    std::unique_ptr<Lane> opened = Lane::open(XSELL_MODULE, std::move(options), error);
    EXPECT_TRUE(opened) << error;
    return opened;
  }

  bool is_ready_with(Lane& lane, uint64_t version) {
    return wait_for([&] { return lane.health().ready_version == version; }, 20s);
  }

  // Sells ITEM-1; the words of the prompt it got, if any.
  std::string sell(Lane& lane) {
    lane.begin_transaction(++transaction_, {});
    const Answer& answer = lane.line_added(line_of(1, "ITEM-1"));
    const std::string words = answer.empty() ? "" : std::string(answer[0].operator_text());
    lane.finalise_transaction(150, {});
    return words;
  }

  HqProgram hq_;
  tests::TemporaryFolder lanes_;
  uint64_t transaction_ = 0;
};

TEST_F(LaneAndHq, AReleaseReachesTheLaneAndWhatHappenedReachesHq) {
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  EXPECT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }));
  EXPECT_EQ(lane->health().freshness, uint32_t{XSELL_FRESHNESS_OK});
  EXPECT_EQ(sell(*lane), "First words");
  // One row for the prompt shown, one for how it ended, one for the basket.
  EXPECT_TRUE(wait_for([&] { return hq_.count_rows("outcomes") == 3; }));
  EXPECT_TRUE(wait_for([&] { return lane->health().outcomes_pending == 0; }));
}

TEST_F(LaneAndHq, APublishIsActiveInUnderASecondWithTenThousandRules) {
  HqProgram hq(10'001);
  hq.serve();
  hq.publish("Before", 10'000);
  const ProgramResult enrolled = xsell({"enroll", hq.enrolment_token()});
  ASSERT_EQ(enrolled.code, 0) << enrolled.err;
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  ASSERT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }));
  ASSERT_EQ(hq.publish("After", 10'000), 2u);
  const auto published = std::chrono::steady_clock::now();
  ASSERT_TRUE(is_ready_with(*lane, 2)) << lane->health().message;
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - published);
  EXPECT_EQ(sell(*lane), "After");
  RecordProperty("publish_to_active_ms", static_cast<int>(taken.count()));
  std::cout << "publish to active: " << taken.count() << " ms\n";
  EXPECT_LT(taken, 1s * XSELL_TIME_FACTOR);
}

TEST_F(LaneAndHq, WhyARuleWasSilentIsToldAtTheLaneAndAtHq) {
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  ASSERT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }));
  lane->begin_transaction(++transaction_, {});
  const Answer& answer = lane->line_added(line_of(1, "ITEM-1"));
  ASSERT_EQ(answer.size(), 1u);
  lane->prompt_declined(answer[0].id());
  lane->finalise_transaction(150, {});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sell(*lane), "");
  EXPECT_TRUE(wait_for([&] {
    return xsell({"status"}).out.find("rule-1: cool_down, 3 times") != std::string::npos;
  })) << xsell({"status"}).out;
  hq_.publish("Second words");  // a lane that gets rules reports at once
  EXPECT_TRUE(wait_for([&] { return hq_.count_rows("silence") == 1; }, 20s));
  const nlohmann::json told = hq_.run({"silence", "--rule", "rule-1"})["silence"];
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]["reason"], "cool_down");
  EXPECT_EQ(told[0]["count"], 3);
  EXPECT_EQ(told[0]["release"], 1);
}

TEST_F(LaneAndHq, KillingHqShowsAsOfflineOnlyAndNothingIsLostOrCountedTwice) {
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1));
  EXPECT_EQ(sell(*lane), "First words");
  EXPECT_TRUE(wait_for([&] { return hq_.count_rows("outcomes") == 3; }));
  // Stored is not yet acknowledged: killed in between, HQ would be sent these three again.
  EXPECT_TRUE(wait_for([&] { return lane->health().outcomes_pending == 0; }));
  hq_.kill();
  EXPECT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_OFFLINE; }, 20s));
  EXPECT_EQ(lane->health().state, uint32_t{XSELL_HEALTH_READY});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sell(*lane), "First words");
  EXPECT_TRUE(wait_for([&] { return lane->health().outcomes_pending == 30; }))
      << "pending: " << lane->health().outcomes_pending;
  EXPECT_EQ(lane->health().outcomes_lost, 0u);
  hq_.serve();
  EXPECT_TRUE(wait_for([&] { return lane->health().outcomes_pending == 0; }, 60s));
  EXPECT_EQ(hq_.count_rows("outcomes"), 33);
  EXPECT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }, 60s));
}

TEST_F(LaneAndHq, ALaneWithoutNetworkPromptsFromItsCacheWithinASecond) {
  int64_t contact_s = 0;
  hq_.publish("First words");
  enroll();
  {
    const auto lane = open();
    ASSERT_TRUE(is_ready_with(*lane, 1));
    sell(*lane);
    contact_s = lane->health().last_contact_s;
    EXPECT_GT(contact_s, 0);
  }
  hq_.kill();
  const auto before = std::chrono::steady_clock::now();
  const auto lane = open();
  ASSERT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_READY; }));
  EXPECT_GE(lane->health().last_contact_s, contact_s) << "forgotten with the restart";
  EXPECT_EQ(sell(*lane), "First words");
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s * XSELL_TIME_FACTOR);
}

TEST_F(LaneAndHq, ADamagedRulesFileIsFetchedAgain) {
  hq_.publish("First words");
  enroll();
  { ASSERT_TRUE(is_ready_with(*open(), 1)); }
  tests::write_text(data_folder() + "/rules-1.db", std::string(9000, 'x'));
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  EXPECT_EQ(sell(*lane), "First words");
  EXPECT_TRUE(std::filesystem::exists(data_folder() + "/rules-1.db.corrupt-1"));
}

TEST_F(LaneAndHq, ARunningLaneTakesAnEnrolmentUp) {
  hq_.publish("First words");
  const auto lane = open();
  ASSERT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_NO_RULES; }));
  enroll();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  EXPECT_EQ(sell(*lane), "First words");
  EXPECT_STREQ(lane->health().business_unit, "0217");
  // The same lane once more, as another device: its outcomes count from one again.
  ASSERT_TRUE(wait_for([&] { return hq_.count_rows("outcomes") == 3; }));
  enroll();
  ASSERT_TRUE(wait_for([&] { return hq_.count_rows("devices") == 2; }));
  ASSERT_TRUE(wait_for([&] {
    return lane->health().connection == XSELL_CONNECTION_PUSH &&
           lane->health().state == XSELL_HEALTH_READY;
  }));
  sell(*lane);
  EXPECT_TRUE(wait_for([&] { return hq_.count_rows("outcomes") >= 5; })) << lane->health().message;
}

TEST_F(LaneAndHq, ATokenWorksOnce) {
  const std::string token = hq_.enrolment_token();
  EXPECT_EQ(xsell({"enroll", token}).code, 0);
  const ProgramResult again = xsell({"enroll", token});
  EXPECT_EQ(again.code, 1);
  EXPECT_FALSE(again.err.empty());
  EXPECT_EQ(xsell({"enroll", "xsell1.nonsense"}).code, 1);
}

TEST_F(LaneAndHq, AReleaseComesInFromAFolderWithAndWithoutARunningLane) {
  hq_.publish("First words");
  enroll();
  hq_.run({"export", lanes_.file("stick-1")});
  hq_.publish("Second words");
  hq_.run({"export", lanes_.file("stick-2")});
  hq_.kill();

  ProgramResult imported = xsell({"import", lanes_.file("stick-1")});
  ASSERT_EQ(imported.code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("rule set 1 is in"));
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1)) << lane->health().message;
  imported = xsell({"import", lanes_.file("stick-2")});
  ASSERT_EQ(imported.code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("rule set 2 is in"));
  ASSERT_TRUE(is_ready_with(*lane, 2));
  EXPECT_EQ(sell(*lane), "Second words");

  imported = xsell({"import", lanes_.file("stick-1")});
  EXPECT_EQ(imported.code, 1) << "an older release is refused";
  EXPECT_EQ(lane->health().ready_version, 2u);
  imported = xsell({"import", lanes_.file("nothing")});
  EXPECT_EQ(imported.code, 1);
}

TEST_F(LaneAndHq, StatusTellsHowTheLaneIs) {
  EXPECT_EQ(xsell({"status"}).code, 3) << "nothing there yet";
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1));
  ASSERT_TRUE(wait_for([&] { return xsell({"status"}).code == 0; }));
  const nlohmann::json status = nlohmann::json::parse(xsell({"--json", "status"}).out);
  EXPECT_EQ(status.at("ready_version"), 1);
  EXPECT_EQ(status.at("is_running"), true);
  EXPECT_EQ(status.at("store"), "0217");
  EXPECT_EQ(status.at("source"), "hq");
  EXPECT_EQ(status.at("updates_by_bundle"), 1);
  EXPECT_TRUE(status.at("last_error").is_null());
  EXPECT_EQ(status.at("outcomes_dropped"), 0);
  EXPECT_EQ(status.at("outcomes_refused"), 0);
  EXPECT_GT(status.at("head_signed_s"), 1'700'000'000);
  EXPECT_GT(status.at("files").at("rules-1.db"), 0);
  EXPECT_FALSE(status.at("libraries").at("openssl").get<std::string>().empty());
  EXPECT_FALSE(status.at("libraries").at("sqlite").get<std::string>().empty());
  const auto is_in = [&](uint32_t state) {
    return wait_for([&] { return lane->health().state == state; });
  };
  EXPECT_EQ(xsell({"off"}).code, 0);
  EXPECT_TRUE(is_in(XSELL_HEALTH_DISABLED));
  EXPECT_EQ(sell(*lane), "");
  EXPECT_EQ(xsell({"off", "--undo"}).code, 0);
  EXPECT_TRUE(is_in(XSELL_HEALTH_READY));
  EXPECT_EQ(sell(*lane), "First words");
  EXPECT_EQ(xsell({"nonsense"}).code, 2);
}

TEST_F(LaneAndHq, ARollbackIsANewVersionWithTheOldContent) {
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1));
  hq_.publish("Second words");
  ASSERT_TRUE(is_ready_with(*lane, 2));
  hq_.run({"rollback", "--reason", "a test"});
  ASSERT_TRUE(is_ready_with(*lane, 3));
  EXPECT_EQ(sell(*lane), "First words");
}

TEST_F(LaneAndHq, A37_the_kill_switch_acts_at_the_next_event_and_outlasts_network_and_restart) {
  hq_.publish("First words");
  enroll();
  auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1));
  ASSERT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }));
  lane->begin_transaction(++transaction_, {});
  ASSERT_EQ(lane->line_added(line_of(1, "ITEM-1")).size(), 1u);
  hq_.run({"control", "disable", "--rule", "rule-1", "--reason", "allergen"});
  uint64_t line = 1;
  EXPECT_TRUE(wait_for([&] {
    const Answer& answer = lane->line_added(line_of(++line, "ITEM-9"));
    EXPECT_EQ(answer.status(), XSELL_OK);
    return answer.empty();
  })) << "in the open transaction";
  lane->void_transaction();
  EXPECT_TRUE(wait_for([&] { return lane->health().rule_count == 0; }));
  EXPECT_EQ(sell(*lane), "");
  EXPECT_EQ(lane->health().state, uint32_t{XSELL_HEALTH_READY});

  hq_.run({"control", "disable", "--all", "--reason", "a drill"});
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_DISABLED; }));
  EXPECT_THAT(lane->health().message, HasSubstr("a drill"));
  hq_.kill();
  lane.reset();
  lane = open();
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_DISABLED; }));
  EXPECT_EQ(sell(*lane), "");

  hq_.serve();
  hq_.run({"control", "enable", "--all"});
  hq_.run({"control", "enable", "--rule", "rule-1"});
  EXPECT_TRUE(wait_for([&] { return sell(*lane) == "First words"; }, 60s));
}

TEST_F(LaneAndHq, A36_a_staged_release_waits_for_its_ring) {
  hq_.publish("First words");
  enroll();
  const auto lane = open();
  ASSERT_TRUE(is_ready_with(*lane, 1));
  ASSERT_TRUE(wait_for([&] { return lane->health().connection == XSELL_CONNECTION_PUSH; }));
  ASSERT_EQ(hq_.publish("Second words", 1, {"--staged"}), 2u);
  hq_.run({"rollout", "start", "--lab", "9999"});
  // What comes later has arrived, so the lane has seen the release and left it.
  hq_.run({"control", "disable", "--rule", "rule-1", "--reason", "a mark"});
  EXPECT_TRUE(wait_for([&] { return lane->health().rule_count == 0; }));
  hq_.run({"control", "enable", "--rule", "rule-1"});
  EXPECT_TRUE(wait_for([&] { return lane->health().rule_count == 1; }));
  EXPECT_EQ(lane->health().ready_version, 1u);
  EXPECT_EQ(sell(*lane), "First words");
  hq_.run({"rollout", "advance", "--to", "100"});
  ASSERT_TRUE(is_ready_with(*lane, 2));
  EXPECT_EQ(sell(*lane), "Second words");
  EXPECT_TRUE(wait_for([&] { return hq_.run({"rollout", "status"}).at("good") == 1; }, 20s));
}

TEST_F(LaneAndHq, StopsAtOnceWhateverIsUnderWay) {
  hq_.publish("First words");
  enroll();
  for (int round = 0; round < 5; ++round) {
    auto lane = open();
    const auto before = std::chrono::steady_clock::now();
    lane.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s) << round;
  }
}

}  // namespace
}  // namespace xsell

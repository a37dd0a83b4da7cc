// Staged releases and the kill switch, as commands and as a lane sees them.
#include <gmock/gmock.h>

#include "hq/fleet_store.h"
#include "hq/rollout_desk.h"
#include "sync/folder_fetcher.h"
#include "sync/release.h"
#include "sync/tuf_client.h"
#include "sync/tuf_policy.h"
#include "sync/whole_file.h"
#include "tests/hq/hq_fixture.h"
#include "tests/sync/memory_store.h"

namespace xsell::hq {
namespace {

using testing::HasSubstr;

class RolloutTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    write("items.csv", "item,name,price,category\nA,Camera,199.00,\nB,Tripod,29.00,\n");
    ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  }

  Result publish(const std::string& text, std::vector<std::string> more = {}) {
    write("rules.json", R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r1",
      "relation":"accessory","condition":{"basket_has":{"items":["A"]}},"offers":[{"items":["B"]}],
      "prompt":{"operator_text":{"en":")" +
                            text + R"("},"reason":{"en":"Steady"}}}]})");
    std::vector<std::string> arguments = {"publish", path("rules.json"), "--json", "--reason",
                                          "test"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  // What a lane of the store would take now.
  std::uint64_t version_for(const std::string& store) {
    sync::tuf::MemoryStore documents;
    const std::filesystem::path tree = HqFolder(folder()).tree();
    sync::FolderFetcher fetcher(tree);
    sync::tuf::Client client(documents, fetcher);
    sync::tuf::follow_policies(client);
    client.pin_root(sync::read_whole_file(tree / "v1/tuf/1.root.json"));
    const auto report = client.refresh(now_s_);
    EXPECT_FALSE(report.failure.failed()) << report.failure.detail;
    const auto policy = trusted_policy(client, sync::tuf::PolicyRole::kRollout);
    const auto rollout = sync::parse_rollout(policy ? policy->json : "").value_or(sync::Rollout{});
    for (const sync::Release& release : sync::releases(*client.targets())) {
      if (rollout.lets(release.version, release.rollout_salt, store)) return release.version;
    }
    return 0;
  }

  int stores_with(std::uint64_t version, int stores = 200) {
    int count = 0;
    for (int i = 0; i < stores; ++i) count += version_for(std::to_string(i)) == version ? 1 : 0;
    return count;
  }

  // A lane that reports so now.
  void report(const std::string& store, const std::string& health) {
    HqStore hq(database_path());
    FleetStore fleet(hq);
    const std::string device = "d-" + store;
    if (!fleet.find(device)) {
      fleet.add_lane(store, "1");
      const std::string secret =
          fleet.add_enrolment(store, "1", "test", now_s_, now_s_ + 1'000'000);
      ASSERT_EQ(fleet.enrol(secret, {device, std::string(32, 'k') + store, "t" + store}, now_s_),
                FleetStore::Enrolment::kDone);
    }
    fleet.record_health(device, 1, "1", health, now_s_);
  }

  Json rollout(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "rollout");
    arguments.push_back("--json");
    const Result result = run(arguments);
    EXPECT_EQ(result.code, kExitOk) << result.err;
    return result.json();
  }
};

TEST_F(RolloutTest, AStagedReleaseReachesTheStoresRingByRing) {
  ASSERT_EQ(publish("one").code, kExitOk);
  ASSERT_EQ(publish("two", {"--staged"}).code, kExitOk);
  EXPECT_EQ(stores_with(1, 20), 20) << "the release before is still there, for lanes that are new";
  EXPECT_EQ(rollout({"status"})["state"], "waiting");

  EXPECT_EQ(rollout({"start", "--lab", "7,9"})["lab"], Json({"7", "9"}));
  EXPECT_EQ(version_for("7"), 2U);
  EXPECT_EQ(version_for("8"), 1U);
  EXPECT_EQ(rollout({"advance"})["stores_percent"], 1.0);
  EXPECT_EQ(rollout({"advance"})["stores_percent"], 10.0);
  const int tenth = stores_with(2);
  EXPECT_GT(tenth, 5);
  EXPECT_LT(tenth, 45);
  EXPECT_EQ(rollout({"advance", "--to", "60"})["stores_percent"], 60.0);
  EXPECT_EQ(run({"rollout", "advance", "--to", "50"}).code, kExitFailed) << "no way back";
  EXPECT_EQ(rollout({"advance"})["state"], "done");
  EXPECT_EQ(stores_with(2, 20), 20);
  EXPECT_EQ(run({"rollout", "advance"}).code, kExitFailed);
  EXPECT_THAT(run({"audit", "--json"}).out, HasSubstr("rollout advance"));
}

TEST_F(RolloutTest, HoldingStopsNewLanesAndResumingGoesOn) {
  publish("one");
  publish("two", {"--staged"});
  rollout({"start", "--lab", "7"});
  EXPECT_EQ(rollout({"hold", "--reason", "it is Friday"})["reason"], "it is Friday");
  EXPECT_EQ(version_for("7"), 1U);
  EXPECT_EQ(run({"rollout", "advance"}).code, kExitFailed);
  rollout({"resume"});
  EXPECT_EQ(version_for("7"), 2U);
}

TEST_F(RolloutTest, AReleaseThatIsNotStagedGoesToAllAndEndsWhatWasUnderWay) {
  publish("one");
  publish("two", {"--staged"});
  rollout({"start", "--lab", "7"});
  ASSERT_EQ(run({"rollback", "--to", "1"}).code, kExitOk);
  EXPECT_EQ(version_for("7"), 3U);
  EXPECT_EQ(version_for("8"), 3U);
  EXPECT_EQ(run({"rollout", "status"}).code, kExitFailed);
}

TEST_F(RolloutTest, ASecondStagedReleaseLeavesTheLastOneThatAllHave) {
  publish("one");
  publish("two", {"--staged"});
  publish("three", {"--staged"});
  EXPECT_EQ(version_for("8"), 1U);
  rollout({"start", "--lab", "7"});
  EXPECT_EQ(version_for("7"), 3U);
}

TEST_F(RolloutTest, A36_halts_by_itself_within_two_reports_and_the_rest_never_fetch_it) {
  publish("one");
  publish("two", {"--staged"});
  for (int i = 0; i < 20; ++i) report(std::to_string(i), R"({"state":"ready","ready_version":1})");
  std::vector<std::string> lab;
  std::string all;
  for (int i = 0; i < 20; ++i) all += (i == 0 ? "" : ",") + std::to_string(i);
  rollout({"start", "--lab", all});
  now_s_ += 60;
  for (int i = 0; i < 19; ++i) report(std::to_string(i), R"({"state":"ready","ready_version":2})");
  EXPECT_EQ(rollout({"check"})["state"], "running") << "one lane has not had its time yet";
  now_s_ += 61;
  for (int i = 0; i < 19; ++i) report(std::to_string(i), R"({"state":"ready","ready_version":2})");
  const Result halted = run({"rollout", "check", "--json"});
  EXPECT_EQ(halted.code, kExitFailed);
  EXPECT_EQ(halted.json()["state"], "halted");
  EXPECT_EQ(halted.json()["silent"], 1);
  EXPECT_THAT(halted.json()["reason"].get<std::string>(), HasSubstr("19/1"));
  EXPECT_EQ(stores_with(1, 40), 40) << "nobody is let any more";
  EXPECT_THAT(run({"audit", "--json"}).out, HasSubstr("rollout halt"));
}

TEST_F(RolloutTest, A36_a_lane_that_fell_back_counts_at_once) {
  publish("one");
  publish("two", {"--staged"});
  for (const char* store : {"1", "2", "3"}) report(store, R"({"state":"ready","ready_version":1})");
  rollout({"start", "--lab", "1,2,3"});
  report("1", R"({"state":"ready","ready_version":2})");
  report("2", R"({"state":"ready","ready_version":2})");
  report("3", R"({"state":"ready","ready_version":1,"pinned_versions":[2]})");
  HqStore store(database_path());
  const auto halted = RolloutDesk(store, HqFolder(folder())).check(now_s_);
  ASSERT_TRUE(halted);
  EXPECT_EQ(halted->count.failed, 1U);
  EXPECT_EQ(halted->release.state, RolloutState::kHalted);
  EXPECT_FALSE(RolloutDesk(store, HqFolder(folder())).check(now_s_)) << "once";
}

TEST_F(RolloutTest, StatusCallsOnlyLanesBehindThatMayHaveMore) {
  publish("one");
  report("7", R"({"state":"ready","ready_version":1})");
  report("8", R"({"state":"ready","ready_version":1})");
  publish("two", {"--staged"});
  EXPECT_EQ(run({"status", "--json"}).json()["behind"], 0);
  rollout({"start", "--lab", "7"});
  EXPECT_EQ(run({"status", "--json"}).json()["behind"], 1);
}

TEST_F(RolloutTest, NeedsAnApprover) {
  publish("one");
  publish("two", {"--staged"});
  use_token(add_user("ann", "author"));
  EXPECT_EQ(run({"rollout", "start"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"control", "disable", "--all", "--reason", "no"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"rollout", "status"}).code, kExitOk);
  EXPECT_EQ(run({"control", "list"}).code, kExitOk);
}

TEST_F(RolloutTest, TheKillSwitchIsSignedByItsOwnKeyAndListsWhatIsOff) {
  publish("one");
  std::filesystem::rename(HqFolder(folder()).keys() / "targets.pem", path("safe.pem"));
  const auto disable = [&](std::vector<std::string> what) {
    what.insert(what.begin(), {"control", "disable", "--json", "--reason", "allergens"});
    return run(what);
  };
  EXPECT_EQ(disable({"--rule", "r1"}).code, kExitOk);
  EXPECT_EQ(disable({"--campaign", "P-7"}).code, kExitOk);
  EXPECT_EQ(disable({"--plugin-version", "0.1.0"}).code, kExitOk);
  EXPECT_EQ(disable({"--store-group", "south"}).code, kExitOk);
  EXPECT_EQ(disable({"--all"}).code, kExitOk);
  EXPECT_EQ(disable({"--all"}).json()["switched_off"].size(), 5U) << "the same switch once";
  EXPECT_EQ(disable({"--all", "--rule", "r1"}).code, kExitUsage);
  EXPECT_EQ(disable({}).code, kExitUsage);

  EXPECT_EQ(run({"control", "enable", "--rule", "r2"}).code, kExitFailed);
  EXPECT_EQ(run({"control", "enable", "--rule", "r1"}).code, kExitOk);
  const Json off = run({"control", "list", "--json"}).json()["switched_off"];
  ASSERT_EQ(off.size(), 4U);
  EXPECT_EQ(off[0]["scope"], "campaign");
  EXPECT_EQ(off[0]["value"], "P-7");
  EXPECT_EQ(off[0]["reason"], "allergens");
  EXPECT_THAT(run({"audit", "--json"}).out, HasSubstr("control enable"));
}

TEST_F(RolloutTest, AnExportCarriesRolloutAndKillSwitch) {
  publish("one");
  run({"control", "disable", "--rule", "r1", "--reason", "allergens"});
  ASSERT_EQ(run({"export", path("stick")}).code, kExitOk);
  const sync::tuf::RepositoryKeys no_keys;
  const sync::tuf::Repository stick(path("stick"), no_keys);
  const auto policy = stick.policy(sync::tuf::PolicyRole::kControl);
  ASSERT_TRUE(policy);
  EXPECT_THAT(policy->json, HasSubstr("r1"));
}

}  // namespace
}  // namespace xsell::hq

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "hq/local_time.h"
#include "hq/publish_lock.h"
#include "hq/publisher.h"
#include "hq/signing_keys.h"
#include "sync/folder_fetcher.h"
#include "sync/tuf_client.h"
#include "sync/whole_file.h"
#include "tests/hq/hq_fixture.h"
#include "tests/hq/lane_view.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class PublishTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    write("items.csv",
          "item,name,price,category\nA,Camera,199.00,\nB,Tripod,29.00,\nC,Card,9.00,\n");
    ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  }

  // A rules file in which a scan of A offers `offer`.
  std::string rules(const std::string& offer, const std::string& reason = "It holds still") {
    return write("rules-" + offer + ".json",
                 R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r1",
      "relation":"accessory","condition":{"basket_has":{"items":["A"]}},"offers":[{"items":[")" +
                     offer + R"("]}],"prompt":{"operator_text":{"en":"Take one?"},
      "reason":{"en":")" +
                     reason + R"("}}}]})");
  }

  Result publish(const std::string& offer, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"publish", rules(offer), "--json", "--reason", "a test"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  HqFolder hq_folder() const { return HqFolder(folder()); }
  fs::path tree() const { return hq_folder().tree(); }
};

TEST_F(PublishTest, InitMakesPrivateKeysAndAnEmptyRepository) {
  for (const char* role : {"root", "targets", "snapshot", "timestamp", "control", "rollout"}) {
    const fs::path key = hq_folder().keys() / (std::string(role) + ".pem");
    EXPECT_EQ(fs::status(key).permissions(), fs::perms(0600)) << key;
  }
  LaneView lane(tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 0U);
}

TEST_F(PublishTest, LanesGetRulesAndItemsUnderRisingVersions) {
  LaneView lane(tree());
  const Result first = publish("B");
  ASSERT_EQ(first.code, kExitOk) << first.err << first.out;
  EXPECT_EQ(first.json()["version"], 1);
  EXPECT_EQ(first.json()["rules"], 1);
  EXPECT_EQ(first.json()["items"], 3);
  EXPECT_LT(first.json()["seconds"].get<double>(), 10);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 1U);
  const auto lines = lane.lines();
  EXPECT_EQ(lines.size(), first.json()["lines"]);
  EXPECT_TRUE(lines.contains("rule/r1"));
  EXPECT_TRUE(lines.contains("item/A"));
  EXPECT_TRUE(lines.contains("policy"));

  ASSERT_EQ(publish("C", {"--spread", "90"}).json()["version"], 2);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 2U);
  EXPECT_EQ(published_release(hq_folder())->spread_s, 90U);
}

TEST_F(PublishTest, ErrorsStopItAndAreTold) {
  const Result result = run({"publish", rules("NOT-THERE"), "--json", "--reason", "never mind"});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_GT(result.json()["errors"], 0);
  EXPECT_THAT(result.json()["findings"].dump(), HasSubstr("NOT-THERE"));
  EXPECT_FALSE(published_release(hq_folder()));
  EXPECT_EQ(run({"publish", path("no such file")}).code, kExitFailed);
}

TEST_F(PublishTest, WarningsNeedAReasonThatIsKept) {
  const std::string file =
      write("rules.json", R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r1",
    "relation":"accessory","condition":{"all":[{"basket_has":{"items":["A"]}},{"moon_phase":"full"}]},
    "offers":[{"items":["B"]}],"prompt":{"operator_text":{"en":"Take one?"},"reason":{"en":"Steady"}}}]})");
  const Result refused = run({"publish", file, "--json"});
  EXPECT_EQ(refused.code, kExitFailed);
  EXPECT_EQ(refused.json()["errors"], 0) << refused.out;
  EXPECT_GT(refused.json()["warnings"], 0);
  EXPECT_FALSE(published_release(hq_folder()));
  EXPECT_EQ(run({"publish", file, "--reason", "lanes learn it tomorrow"}).code, kExitOk);
  EXPECT_EQ(run({"release", "list", "--json"}).json()["releases"][0]["note"],
            "lanes learn it tomorrow");
}

TEST_F(PublishTest, NeedsAnApproverAndLeavesATrail) {
  use_token(add_user("ann", "author"));
  EXPECT_EQ(publish("B").code, kExitNotAllowed);
  EXPECT_EQ(run({"rollback"}).code, kExitNotAllowed);
  EXPECT_FALSE(published_release(hq_folder()));
  variables_.erase("XSELL_HQ_TOKEN");
  EXPECT_EQ(publish("B").code, kExitNotAllowed);
}

TEST_F(PublishTest, TrailNamesWhoPublishedWhat) {
  const std::string admin = variables_["XSELL_HQ_TOKEN"];
  use_token(add_user("bob", "approver"));
  ASSERT_EQ(publish("B").code, kExitOk);
  ASSERT_EQ(publish("C").code, kExitOk);
  ASSERT_EQ(run({"rollback", "--reason", "too dear"}).code, kExitOk);
  const std::string trail = run({"audit", "--json"}).out;
  EXPECT_THAT(trail, HasSubstr("\"publish\""));
  EXPECT_THAT(trail, HasSubstr("\"rollback\""));
  EXPECT_THAT(trail, HasSubstr("too dear"));
  EXPECT_THAT(trail, HasSubstr("\"bob\""));
}

TEST_F(PublishTest, RollbackPutsOldContentUnderAHigherVersion) {
  LaneView lane(tree());
  EXPECT_EQ(run({"rollback"}).code, kExitFailed);
  publish("B");
  lane.refresh(now_s_);
  const auto old_lines = lane.lines();
  publish("C");
  const Result result = run({"rollback", "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  EXPECT_EQ(result.json()["version"], 3);
  EXPECT_EQ(result.json()["restores"], 1);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 3U);
  EXPECT_EQ(lane.lines(), old_lines);
}

TEST_F(PublishTest, RollingBackTwiceGoesFurtherBack) {
  publish("B");
  publish("C");
  publish("A");  // offers what triggers it: other content is all that counts here
  ASSERT_EQ(publish("B").code, kExitOk);
  const auto versions = [&] {
    return run({"release", "list", "--json"}).json()["releases"].size();
  };
  const auto published = versions();
  run({"rollback", "--to", "2", "--json"});
  EXPECT_EQ(versions(), published + 1);
  EXPECT_EQ(run({"rollback", "--json"}).json()["restores"], 1);
  EXPECT_EQ(run({"rollback", "--to", "99"}).code, kExitFailed);
}

TEST_F(PublishTest, DeltasLeadFromTheLastSixteenVersionsAndOldFilesGo) {
  std::string items = "item,name,price,category\n";
  for (int i = 0; i < 400; ++i) {
    items += fmt::format("I{0},Item number {0} of many,{0}.00,\n", i * 7919 % 1000);
  }
  write("items.csv", items);
  ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  for (int version = 1; version <= 20; ++version) {
    const Result result = publish(version % 2 == 0 ? "B" : "C");
    ASSERT_EQ(result.code, kExitOk) << result.err;
    EXPECT_EQ(result.json()["deltas"].size(), std::size_t(std::min(version - 1, 16)));
  }
  const sync::tuf::RepositoryKeys no_keys;
  const sync::tuf::Targets targets = sync::tuf::Repository(tree(), no_keys).targets();
  std::vector<std::string> names;
  for (const auto& [name, file] : targets.files) names.push_back(name);
  EXPECT_EQ(names.size(), 17U);
  EXPECT_THAT(names, testing::Contains("rules-4-20.delta.zst"));
  EXPECT_THAT(names, testing::Contains("rules-19-20.delta.zst"));

  // On disk: what is signed now, what was signed before, and the bases of the next deltas.
  std::set<std::string> on_disk;
  for (const auto& entry : fs::directory_iterator(hq_folder().targets())) {
    const std::string file = entry.path().filename().string();
    on_disk.insert(file.substr(file.find('.') + 1));
  }
  EXPECT_TRUE(on_disk.contains("rules-4.bundle.zst"));
  EXPECT_FALSE(on_disk.contains("rules-3.bundle.zst"));
  EXPECT_TRUE(on_disk.contains("rules-18-19.delta.zst"));
  EXPECT_FALSE(on_disk.contains("rules-17-18.delta.zst"));
  EXPECT_EQ(on_disk.size(), 17U + 16U + 16U);

  EXPECT_EQ(run({"export", path("stick")}).code, kExitOk);
  LaneView stick(path("stick"));
  EXPECT_EQ(stick.refresh(now_s_), "none");
  EXPECT_EQ(sync::newest_release(*stick.client().targets())->deltas.size(), 16U);
}

TEST_F(PublishTest, ADeltaThatIsHardlySmallerIsNotMade) {
  ASSERT_EQ(publish("B").code, kExitOk);
  std::string items = "item,name,price,category\n";
  for (int i = 0; i < 400; ++i) {
    items += fmt::format("I{0},Item number {0} of many,{0}.00,\n", i * 7919 % 1000);
  }
  write("items.csv", items);
  ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  EXPECT_THAT(publish("B").json()["deltas"], ElementsAre());
}

TEST_F(PublishTest, ADamagedOldBundleIsNoBaseOfADelta) {
  ASSERT_EQ(publish("B").code, kExitOk);
  for (const auto& entry : fs::directory_iterator(hq_folder().targets())) {
    sync::write_whole_file(entry.path(), "damaged");
  }
  const Result result = publish("C");
  EXPECT_EQ(result.code, kExitOk) << result.err;
  EXPECT_THAT(result.json()["deltas"], ElementsAre());
}

TEST_F(PublishTest, DamagedOldBundleIsNotPublishedAgain) {
  publish("B");
  publish("C");
  for (const auto& entry : fs::directory_iterator(hq_folder().targets())) {
    if (entry.path().string().ends_with("rules-1.bundle.zst")) {
      std::string bytes = sync::read_whole_file(entry.path());
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
      sync::write_whole_file(entry.path(), bytes);
    }
  }
  const Result result = run({"rollback"});
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("damaged"));
  EXPECT_EQ(published_release(hq_folder())->version, 2U);
}

TEST_F(PublishTest, VersionsGoOnAfterTheDatabaseWasLost) {
  publish("B");
  fs::copy_file(database_path(), path("backup.db"));
  publish("C");
  fs::remove(database_path());
  fs::copy_file(path("backup.db"), database_path());
  EXPECT_EQ(publish("B").json()["version"], 3);
}

TEST_F(PublishTest, WithoutTheKeyHereItIsDraftedOnly) {
  fs::rename(hq_folder().keys() / "targets.pem", path("safe.pem"));
  const Result result = publish("B");
  EXPECT_EQ(result.code, kExitOk);
  EXPECT_EQ(result.json()["pending"], true);
  EXPECT_THAT(result.json()["needed"].get<std::string>(), HasSubstr("targets has 0 of 1"));
  EXPECT_FALSE(published_release(hq_folder()));
  EXPECT_THAT(run({"release", "list", "--json"}).json()["releases"], ElementsAre());
  EXPECT_EQ(run({"timestamp"}).code, kExitOk);
}

TEST_F(PublishTest, KeysThatOthersCanReadAreRefused) {
  fs::permissions(hq_folder().keys() / "root.pem", fs::perms(0644));
  const Result result = publish("B");
  EXPECT_EQ(result.code, kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("chmod 600"));
}

TEST_F(PublishTest, TimestampKeepsTheHeadFresh) {
  publish("B");
  LaneView lane(tree());
  now_s_ += 3 * kSecondsPerDay;
  EXPECT_EQ(lane.refresh(now_s_), "expired");
  EXPECT_EQ(run({"timestamp"}).code, kExitOk);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.client().timestamp()->signed_at_s, now_s_);
}

TEST_F(PublishTest, TimestampYieldsToWhoeverIsSigning) {
  const PublishLock lock(hq_folder());
  EXPECT_FALSE(resign_head(hq_folder(), now_s_));
  EXPECT_EQ(run({"timestamp", "--json"}).json()["signed"], false);
}

TEST_F(PublishTest, ExportOutlivesTheOnlineTimestamp) {
  publish("B");
  publish("C");
  EXPECT_EQ(run({"export", path("stick"), "--valid-days", "10"}).code, kExitOk);
  LaneView online(tree());
  LaneView offline(path("stick"));
  EXPECT_EQ(offline.refresh(now_s_ + 9 * kSecondsPerDay), "none");
  EXPECT_EQ(offline.version(), 2U);
  EXPECT_TRUE(offline.lines().contains("rule/r1"));
  EXPECT_EQ(offline.client().timestamp()->signed_at_s, now_s_);
  EXPECT_EQ(offline.refresh(now_s_ + 10 * kSecondsPerDay), "expired");
  // A lane that took the copy goes on with what is online, which is newer.
  EXPECT_EQ(online.refresh(now_s_), "none");
  EXPECT_GT(online.client().timestamp()->version, offline.client().timestamp()->version);
  EXPECT_GT(online.client().snapshot()->version, offline.client().snapshot()->version);
}

TEST_F(PublishTest, ExportOfNothingIsRefused) {
  EXPECT_EQ(run({"export", path("stick")}).code, kExitFailed);
}

TEST_F(PublishTest, SeveralAtOnceGetAVersionEach) {
  const std::string file = rules("B");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, token = variables_["XSELL_HQ_TOKEN"]] {
      std::ostringstream out, err;
      Output output(out, err, false);
      Environment environment;
      environment.variable = [&](const char* name) -> std::optional<std::string> {
        return std::string_view(name) == "XSELL_HQ_TOKEN" ? token : folder();
      };
      environment.now_s = [this] { return now_s_; };
      EXPECT_EQ(run_program({"publish", file, "--reason", "a race"}, output, environment), kExitOk)
          << err.str();
    });
  }
  for (int i = 0; i < 20; ++i) resign_head(hq_folder(), now_s_);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(run({"release", "list", "--json"}).json()["releases"].size(), 4U);
  LaneView lane(tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 4U);
}

}  // namespace
}  // namespace xsell::hq

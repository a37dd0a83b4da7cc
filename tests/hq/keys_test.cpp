#include <gmock/gmock.h>

#include "hq/local_time.h"
#include "hq/pending_change.h"
#include "hq/publisher.h"
#include "hq/signing_keys.h"
#include "hq/trust_state.h"
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
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPassphrase = "a long enough one";

class KeysTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    variables_["XSELL_KEY_PASSPHRASE"] = kPassphrase;
    write("items.csv", "item,name,price,category\nA,Camera,199.00,\nB,Tripod,29.00,\n");
    ASSERT_EQ(run({"import", "items", path("items.csv"), "--currency", "EUR"}).code, kExitOk);
  }

  HqFolder hq_folder() const { return HqFolder(folder()); }
  fs::path key_file(const std::string& name) const { return hq_folder().keys() / name; }

  Result publish(const std::string& reason = "a test") {
    const std::string rules =
        write("rules.json",
              R"({"schema":"xsell.rules/1","rules":[{"rule_id":"r1","relation":"accessory",
        "condition":{"basket_has":{"items":["A"]}},"offers":[{"items":["B"]}],
        "prompt":{"operator_text":{"en":"Take one?"},"reason":{"en":"Steady"}}}]})");
    return run({"publish", rules, "--json", "--reason", reason});
  }

  // An approver's own key: NAME.pem and NAME.pub in this test's folder.
  std::string new_key(const std::string& name) {
    EXPECT_EQ(run({"keys", "new", path(name + ".pem")}).code, kExitOk);
    return path(name + ".pub");
  }
  // Exports what is pending, signs it with a key and takes the signature.
  Result approve(const std::string& key) {
    const Result exported = run({"approval", "export", path("request.json")});
    EXPECT_EQ(exported.code, kExitOk) << exported.err;
    const Result made = run({"approval", "sign", path("request.json"), "--key", path(key + ".pem"),
                             "--out", path(key + ".approval")});
    EXPECT_EQ(made.code, kExitOk) << made.err;
    return run({"approval", "add", path(key + ".approval"), "--json"});
  }

  // Releases are approved by two of these three from now on.
  void need_two_of_three() {
    std::vector<std::string> arguments = {"keys", "change",   "targets",          "--threshold",
                                          "2",    "--remove", role_key("targets")};
    for (const char* name : {"ann", "bob", "cem"}) {
      arguments.insert(arguments.end(), {"--add", new_key(name)});
    }
    ASSERT_EQ(run(arguments).code, kExitOk);
    ASSERT_EQ(approve("ann").code, kExitOk);
    const Result last = approve("bob");
    ASSERT_EQ(last.code, kExitOk) << last.err;
    ASSERT_EQ(last.json()["pending"], false) << last.out;
  }

  std::string role_key(const std::string& role) {
    const Json listed = run({"keys", "list", "--json"}).json();
    for (const Json& one : listed["roles"]) {
      if (one["role"] == role) return one["keys"][0]["id"].get<std::string>();
    }
    return {};
  }

  std::vector<std::string> audit_actions() {
    std::vector<std::string> actions;
    const Json audit = run({"audit", "--json"}).json();
    for (const Json& entry : audit["entries"]) {
      actions.push_back(entry["action"].get<std::string>());
    }
    return actions;
  }
};

TEST_F(KeysTest, ListTellsRolesKeysAndTheirEnds) {
  const Result result = run({"keys", "list", "--json"});
  ASSERT_EQ(result.code, kExitOk) << result.err;
  std::vector<std::string> roles;
  const Json listed = result.json();
  for (const Json& role : listed["roles"]) {
    roles.push_back(role["role"].get<std::string>());
    EXPECT_EQ(role["threshold"], 1);
    EXPECT_EQ(role["keys"][0]["where"], "here");
  }
  EXPECT_THAT(roles, ElementsAre("root", "targets", "snapshot", "timestamp", "control", "rollout"));
  EXPECT_THAT(listed["warnings"], IsEmpty());
  EXPECT_THAT(run({"keys", "list"}).out, HasSubstr("1 of 1"));
}

TEST_F(KeysTest, EveryKeyOfTheFolderRotatesAndLanesFollow) {
  LaneView lane(hq_folder().tree());
  ASSERT_EQ(publish().code, kExitOk);
  ASSERT_EQ(lane.refresh(now_s_), "none");
  for (const char* role : {"timestamp", "snapshot", "rollout", "control", "targets", "root"}) {
    const std::string old = role_key(role);
    const Result result = run({"keys", "rotate", role, "--json"});
    ASSERT_EQ(result.code, kExitOk) << role << result.err;
    EXPECT_EQ(result.json()["pending"], false);
    EXPECT_EQ(result.json()["retired"][0], std::string(role) + ".pem.retired");
    EXPECT_NE(role_key(role), old);
    EXPECT_EQ(lane.refresh(now_s_), "none") << role;
    EXPECT_EQ(run({"timestamp"}).code, kExitOk);
    EXPECT_EQ(lane.refresh(now_s_), "none") << role;
  }
  ASSERT_EQ(publish().code, kExitOk);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 2U);
}

TEST_F(KeysTest, ASealedKeyNeedsItsPassphraseToPublish) {
  ASSERT_EQ(run({"keys", "seal", "targets"}).code, kExitOk);
  EXPECT_THAT(sync::read_whole_file(key_file("targets.pem")), HasSubstr("ENCRYPTED"));
  EXPECT_EQ(fs::status(key_file("targets.pem")).permissions(), fs::perms(0600));
  EXPECT_EQ(publish().code, kExitOk);

  variables_["XSELL_KEY_PASSPHRASE"] = "not the right one";
  const Result wrong = publish();
  EXPECT_EQ(wrong.code, kExitFailed);
  EXPECT_THAT(wrong.err, HasSubstr("targets.pem"));
  variables_.erase("XSELL_KEY_PASSPHRASE");
  EXPECT_THAT(publish().err, HasSubstr("--passphrase-file"));
  EXPECT_EQ(run({"timestamp"}).code, kExitOk);  // signs by itself

  const std::string file = write("passphrase", std::string(kPassphrase) + "\n");
  fs::permissions(file, fs::perms(0644));
  EXPECT_THAT(run({"--passphrase-file", file, "keys", "renew", "targets"}).err,
              HasSubstr("chmod 600"));
  fs::permissions(file, fs::perms(0600));
  EXPECT_EQ(run({"--passphrase-file", file, "keys", "renew", "targets"}).code, kExitOk);
}

TEST_F(KeysTest, ShortPassphrasesAndOnlineRolesAreNotSealed) {
  EXPECT_EQ(run({"keys", "seal", "timestamp"}).code, kExitUsage);
  variables_["XSELL_KEY_PASSPHRASE"] = "short";
  EXPECT_EQ(run({"keys", "seal", "root"}).code, kExitFailed);
  EXPECT_THAT(sync::read_whole_file(key_file("root.pem")), Not(HasSubstr("ENCRYPTED")));
  EXPECT_EQ(run({"keys", "new", path("mine.pem")}).code, kExitFailed);
}

TEST_F(KeysTest, SealMovesAKeyToAStick) {
  ASSERT_EQ(run({"keys", "seal", "root", "--to", path("stick.pem")}).code, kExitOk);
  EXPECT_FALSE(fs::exists(key_file("root.pem")));
  EXPECT_EQ(run({"keys", "list", "--json"}).json()["roles"][0]["keys"][0]["where"], "elsewhere");
  EXPECT_THAT(run({"keys", "show", path("stick.pem")}).out, HasSubstr(role_key("root")));

  // What root must sign waits for the stick.
  const Result rotate = run({"keys", "rotate", "timestamp", "--json"});
  ASSERT_EQ(rotate.code, kExitOk) << rotate.err;
  EXPECT_EQ(rotate.json()["pending"], true);
  LaneView lane(hq_folder().tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(run({"keys", "rotate", "snapshot"}).code, kExitFailed);  // one at a time
  EXPECT_EQ(approve("stick").json()["pending"], false);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.client().root()->version, 2U);
  EXPECT_EQ(run({"timestamp"}).code, kExitOk);
  EXPECT_EQ(lane.refresh(now_s_), "none");
}

TEST_F(KeysTest, FilesAreNeverReplaced) {
  new_key("ann");
  EXPECT_THAT(run({"keys", "new", path("ann.pem")}).err, HasSubstr("is there already"));
  EXPECT_EQ(run({"keys", "seal", "root", "--to", path("ann.pem")}).code, kExitFailed);
  EXPECT_TRUE(fs::exists(key_file("root.pem")));
}

TEST_F(KeysTest, ChangesThatNobodyCouldSignAreRefused) {
  EXPECT_THAT(run({"keys", "change", "targets", "--threshold", "2"}).err, HasSubstr("nobody"));
  EXPECT_EQ(run({"keys", "change", "targets", "--remove", role_key("targets")}).code, kExitFailed);
  EXPECT_EQ(run({"keys", "change", "targets", "--remove", "zzz"}).code, kExitFailed);
  EXPECT_EQ(run({"keys", "change", "targets"}).code, kExitFailed);
  EXPECT_EQ(run({"keys", "change", "targets", "--add", write("x.pub", "{}")}).code, kExitFailed);
  EXPECT_EQ(run({"keys", "change", "wrong"}).code, kExitUsage);
}

TEST_F(KeysTest, NeedsAnAdmin) {
  use_token(add_user("ann", "approver"));
  EXPECT_EQ(run({"keys", "rotate", "timestamp"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"keys", "change", "root", "--threshold", "1"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"keys", "seal", "root"}).code, kExitNotAllowed);
  EXPECT_EQ(run({"keys", "list"}).code, kExitOk);
}

TEST_F(KeysTest, APublishWaitsForTwoOfThreeApprovers) {
  need_two_of_three();
  LaneView lane(hq_folder().tree());
  const Result drafted = publish("two shall read it");
  ASSERT_EQ(drafted.code, kExitOk) << drafted.err;
  EXPECT_EQ(drafted.json()["pending"], true);
  EXPECT_EQ(drafted.json()["version"], 1);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 0U);
  EXPECT_THAT(run({"release", "list", "--json"}).json()["releases"], IsEmpty());
  EXPECT_THAT(publish().err, HasSubstr("waits for approvals"));
  EXPECT_EQ(run({"rollback"}).code, kExitFailed);
  EXPECT_THAT(run({"approval", "show"}).out, HasSubstr("adds rules-1.bundle.zst"));
  EXPECT_EQ(run({"timestamp"}).code, kExitOk);

  EXPECT_EQ(approve("cem").json()["pending"], true);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 0U);
  now_s_ += 3600;
  EXPECT_EQ(approve("ann").json()["pending"], false);
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.version(), 1U);
  EXPECT_TRUE(lane.lines().contains("rule/r1"));

  const Json release = run({"release", "list", "--json"}).json()["releases"][0];
  EXPECT_EQ(release["note"], "two shall read it");
  EXPECT_EQ(release["published"], format_time(now_s_));
  const auto actions = audit_actions();
  EXPECT_THAT(actions, testing::IsSupersetOf({"publish drafted", "approval", "publish"}));
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "approval"), 4);
}

TEST_F(KeysTest, ApprovalsForSomethingElseAreRefused) {
  need_two_of_three();
  ASSERT_EQ(publish().code, kExitOk);
  run({"approval", "export", path("old.json")});
  EXPECT_EQ(run({"approval", "sign", path("old.json"), "--key", path("ann.pem"), "--out",
                 path("old.approval")})
                .code,
            kExitOk);
  ASSERT_EQ(run({"approval", "cancel"}).code, kExitOk);
  ASSERT_EQ(publish("another").code, kExitOk);
  EXPECT_THAT(run({"approval", "add", path("old.approval")}).err, HasSubstr("another change"));

  new_key("eve");
  run({"approval", "export", path("request.json")});
  EXPECT_THAT(run({"approval", "sign", path("request.json"), "--key", path("eve.pem")}).err,
              HasSubstr("may not sign"));
  std::string forged = sync::read_whole_file(path("old.approval"));
  const std::string id = "\"draft\": \"";
  const std::string wanted = run({"approval", "show", "--json"}).json()["draft"];
  forged.replace(forged.find(id) + id.size(), wanted.size(), wanted);
  EXPECT_EQ(run({"approval", "add", write("forged.approval", forged)}).code, kExitFailed);
  EXPECT_EQ(run({"approval", "add", write("junk.approval", "{}")}).code, kExitFailed);
  EXPECT_EQ(run({"approval", "sign", write("junk.json", "[]"), "--key", path("ann.pem")}).code,
            kExitFailed);
}

TEST_F(KeysTest, ACancelledDraftsVersionIsNotUsedAgain) {
  need_two_of_three();
  ASSERT_EQ(publish().code, kExitOk);
  const auto drafted = [&] {
    return sync::tuf::parse_targets(load_pending(hq_folder())->draft.at("targets")).version;
  };
  const std::uint64_t first = drafted();
  ASSERT_EQ(run({"approval", "cancel"}).code, kExitOk);
  EXPECT_EQ(run({"approval", "cancel"}).code, kExitFailed);
  ASSERT_EQ(publish().code, kExitOk);
  EXPECT_EQ(drafted(), first + 1);
  approve("ann");
  EXPECT_EQ(approve("bob").json()["pending"], false);
  LaneView lane(hq_folder().tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
}

TEST_F(KeysTest, RootGoesToTwoOfThree) {
  std::vector<std::string> arguments = {"keys", "change",   "root",          "--threshold",
                                        "2",    "--remove", role_key("root")};
  for (const char* name : {"ann", "bob", "cem"}) {
    arguments.insert(arguments.end(), {"--add", new_key(name)});
  }
  const Result drafted = run(arguments);
  ASSERT_EQ(drafted.code, kExitOk) << drafted.err;
  EXPECT_THAT(drafted.out, HasSubstr("0 of 2"));
  approve("ann");
  const Result last = approve("cem");
  EXPECT_EQ(last.json()["pending"], false) << last.out << last.err;
  EXPECT_EQ(last.json()["retired"][0], "root.pem.retired");
  LaneView lane(hq_folder().tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
  EXPECT_EQ(lane.client().root()->root.threshold, 2U);
  EXPECT_EQ(publish().code, kExitOk);
  EXPECT_EQ(lane.refresh(now_s_), "none");
}

TEST_F(KeysTest, WarnsWellBeforeTheEnd) {
  ASSERT_EQ(run({"keys", "seal", "root"}).code, kExitOk);
  EXPECT_THAT(run({"timestamp"}).err, IsEmpty());
  now_s_ += 280 * kSecondsPerDay;
  const Result timestamp = run({"timestamp"});
  EXPECT_THAT(timestamp.err, HasSubstr("the root document expires"));
  EXPECT_THAT(timestamp.err, HasSubstr("xsell-hq keys renew root"));
  EXPECT_THAT(run({"status"}).err, HasSubstr("the root document expires"));
  EXPECT_EQ(run({"keys", "renew", "root"}).code, kExitOk);
  EXPECT_THAT(run({"timestamp"}).err, IsEmpty());
}

TEST_F(KeysTest, AnOpenRootKeyRenewsItselfSoThatASmallShopIsNotStranded) {
  for (int month = 0; month < 36; ++month) {
    now_s_ += 30 * kSecondsPerDay;
    const Result result = run({"timestamp"});
    ASSERT_EQ(result.code, kExitOk) << result.err;
    EXPECT_THAT(result.err, IsEmpty());
  }
  LaneView lane(hq_folder().tree());
  EXPECT_EQ(lane.refresh(now_s_), "none");
}

TEST_F(KeysTest, CeremonyPrintsTheStateAndTheSteps) {
  const std::string text = run({"keys", "ceremony"}).out;
  EXPECT_THAT(text, HasSubstr("KEY CEREMONY"));
  EXPECT_THAT(text, HasSubstr(role_key("root")));
  EXPECT_THAT(text, HasSubstr("approval sign"));
}

}  // namespace
}  // namespace xsell::hq

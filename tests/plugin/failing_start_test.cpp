// A35: the plugin of a till that ends, three times, in its first sale with a new rule set. The till
// is a child process that kills itself there, as a crash would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "plugin/boundary.h"
#include "plugin/files.h"
#include "plugin/release_shelf.h"
#include "sync/folder_fetcher.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/release_tree.h"
#include "tests/plugin/wait_for.h"

namespace xsell {
namespace {

using testing::HasSubstr;
using tests::ReleaseTree;
using tests::wait_for;

class A35FailingStart : public testing::Test {
 protected:
  A35FailingStart() {
    sync::Identity identity = tree_.identity();
    identity.hq_url = "https://127.0.0.1:1";
    identity.ca_pem = identity.bearer = "none";
    identity.lane_key_pem = sync::SigningKey::generate().to_pem();
    tests::write_text(folder_.file("xsell.json"), R"({"data_folder": "data", "currency": "EUR"})");
    std::filesystem::create_directory(folder_.file("data"));
    tests::write_text(folder_.file("data/identity.json"), to_json(identity));
  }

  // The lane takes up what is published, as it would from the network.
  std::string update() {
    const offline_cache::DataFolder data(folder_.file("data"));
    plugin::LogQueue log;
    plugin::ReleaseShelf shelf(data, tree_.identity(), log);
    shelf.load_newest({}, {tree_.now_s(), 0});
    sync::FolderFetcher fetcher(tree_.path());
    const auto update = shelf.update({.fetcher = fetcher, .now = {tree_.now_s(), 0}}, {});
    shelf.end_use();
    EXPECT_FALSE(update.failure.failed()) << update.failure.detail;
    return std::to_string(shelf.version());
  }

  std::unique_ptr<Lane> open() {
    HostOptions options;
    options.config_file = folder_.file("xsell.json");
    std::string error;
    auto lane = Lane::create(*plugin::entry_for(XSELL_ABI_MAJOR), std::move(options), error);
    EXPECT_TRUE(lane) << error;
    EXPECT_TRUE(wait_for([&] { return lane->health().state != XSELL_HEALTH_STARTING; }));
    return lane;
  }

  // A till in a process of its own, which dies while its first sale is open.
  void die_in_a_sale() {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto lane = open();
      lane->begin_transaction(1, {});
      lane->line_added(tests::line_of(1, "PHONE"));
      ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }

  // In a child too: a process that has started threads cannot be forked safely any more.
  void in_a_till(const std::function<void(Lane&)>& check) {
    const pid_t child = ::fork();
    if (child == 0) {
      {
        const auto lane = open();
        check(*lane);
      }
      ::_exit(HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  static std::string sell(Lane& lane) {
    lane.begin_transaction(7, {});
    const Answer& answer = lane.line_added(tests::line_of(1, "PHONE"));
    const std::string words = answer.empty() ? "" : std::string(answer[0].operator_text());
    lane.finalise_transaction(0, {});
    return words;
  }

  ReleaseTree tree_{static_cast<int64_t>(std::time(nullptr))};
  tests::TemporaryFolder folder_;
};

TEST_F(A35FailingStart, FallsBackOnceThenStopsPromptingAndLeavesBothByANewReleaseOrByHand) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  EXPECT_EQ(update(), "2");
  for (int i = 0; i < 3; ++i) die_in_a_sale();

  in_a_till([](Lane& lane) {
    EXPECT_EQ(lane.health().ready_version, 1u);
    EXPECT_THAT(lane.health().message, HasSubstr("rule set 2 is set aside"));
    EXPECT_EQ(sell(lane), "one");
  });
  EXPECT_EQ(update(), "1") << "a pinned release must not come back";

  for (int i = 0; i < 3; ++i) die_in_a_sale();
  in_a_till([](Lane& lane) {
    EXPECT_EQ(lane.health().state, uint32_t{XSELL_HEALTH_DISABLED});
    EXPECT_THAT(lane.health().message, HasSubstr("rule set 1, 2 is set aside"));
    EXPECT_EQ(sell(lane), "");
  });

  tests::write_text(folder_.file("data/" + std::string(plugin::kUnpinFile)), "");
  in_a_till([](Lane& lane) {
    EXPECT_EQ(lane.health().ready_version, 2u);
    EXPECT_STREQ(lane.health().message, "");
    EXPECT_EQ(sell(lane), "two");
  });

  for (int i = 0; i < 6; ++i) die_in_a_sale();
  tree_.publish(3, ReleaseTree::lines("three"));
  EXPECT_EQ(update(), "3");
  in_a_till([](Lane& lane) {
    EXPECT_EQ(lane.health().ready_version, 3u);
    EXPECT_EQ(sell(lane), "three");
  });
}

}  // namespace
}  // namespace xsell

// Outcomes between the real lane and the real headquarters when disks, backups and names change
// under them: each must be at HQ once, in the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "offline_cache/database.h"
#include "tests/integration/hq_program.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "tests/tools/outcome_checker.h"
#include "xsell/host.hpp"

namespace xsell {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::wait_for;

class Outcomes : public testing::Test {
 protected:
  Outcomes() {
    hq_.serve();
    hq_.publish("First words");
    tests::write_text(lanes_.file("xsell.json"), "{}");
  }

  std::string folder(const std::string& name = "lane") const { return lanes_.file(name); }
  std::string hq_database() const { return hq_.file("hq/hq.db"); }

  void enroll(const std::string& name = "lane") {
    const tests::ProgramResult result =
        tests::run_program({XSELL_PROGRAM, "--config", lanes_.file("xsell.json"), "--data-folder",
                            folder(name), "enroll", hq_.enrolment_token()});
    ASSERT_EQ(result.code, 0) << result.err;
  }

  std::unique_ptr<Lane> open(const std::string& name = "lane") {
    HostOptions options;
    options.config_file = lanes_.file("xsell.json");
    options.data_folder = folder(name);
    std::string error;
    std::unique_ptr<Lane> lane = Lane::open(XSELL_MODULE, std::move(options), error);
    EXPECT_TRUE(lane) << error;
    EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_READY; }, 20s))
        << lane->health().message;
    return lane;
  }

  // Baskets with numbers that are never used twice.
  void sell(Lane& lane, int baskets) {
    for (int i = 0; i < baskets; ++i) {
      lane.begin_transaction(++sold_, {});
      lane.line_added(tests::line_of(1, "ITEM-1"));
      lane.finalise_transaction(150, {});
    }
  }

  // Every basket sold so far is at HQ, and the lane has been told so.
  bool is_all_sent(Lane& lane) {
    return wait_for(
        [&] {
          return ask("SELECT count(*) FROM outcomes WHERE kind=8") == static_cast<int64_t>(sold_) &&
                 lane.health().outcomes_pending == 0;
        },
        30s);
  }

  // Sells, has it acknowledged, stops.
  void sell_and_send(int baskets, const std::string& name = "lane") {
    const auto lane = open(name);
    sell(*lane, baskets);
    EXPECT_TRUE(is_all_sent(*lane)) << lane->health().message;
  }

  void copy_folder(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
  }

  int64_t ask(const std::string& sql) const {
    offline_cache::Database database(hq_database(), offline_cache::Database::Profile::kReadOnly);
    offline_cache::Statement query = database.prepare(sql);
    query.step();
    return query.column_int64(0);
  }

  // The till's own count against HQ's rows, and the lane's books against HQ's.
  void expect_each_once(const std::string& name = "lane") {
    constexpr int kBasket = 8;
    const std::string baskets = "FROM outcomes WHERE kind=" + std::to_string(kBasket);
    EXPECT_EQ(ask("SELECT count(*) " + baskets), static_cast<int64_t>(sold_));
    EXPECT_EQ(ask("SELECT count(DISTINCT host_transaction) " + baskets),
              static_cast<int64_t>(sold_));
    // A basket with its prompt is three outcomes.
    EXPECT_EQ(ask("SELECT count(*) FROM outcomes"), static_cast<int64_t>(3 * sold_));
    const tests::CheckResult books = tests::check_outcomes(folder(name), hq_database());
    EXPECT_TRUE(books.is_good()) << books.to_json();
    EXPECT_EQ(books.pending, 0u);
  }

  tests::HqProgram hq_;
  tests::TemporaryFolder lanes_;
  uint64_t sold_ = 0;
};

TEST_F(Outcomes, A30_a_lane_whose_disk_is_an_older_image_goes_on_under_a_new_epoch) {
  enroll();
  sell_and_send(3);
  copy_folder(folder(), folder("image"));
  sell_and_send(4);
  copy_folder(folder("image"), folder());
  sell_and_send(2);
  expect_each_once();
  EXPECT_GT(tests::check_outcomes(folder(), hq_database()).foreign, 0u);
  EXPECT_EQ(ask("SELECT count(DISTINCT epoch) FROM outcomes"), 2);
}

TEST_F(Outcomes, A30_an_image_with_unsent_outcomes_that_hq_has_doubles_nothing) {
  enroll();
  sell_and_send(1);
  hq_.kill();
  {
    const auto lane = open();
    sell(*lane, 3);
  }
  copy_folder(folder(), folder("image"));
  hq_.serve();
  sell_and_send(2);
  copy_folder(folder("image"), folder());
  sell_and_send(2);
  expect_each_once();
}

TEST_F(Outcomes, A31_two_lanes_from_one_image_are_both_counted_and_reported) {
  enroll();
  sell_and_send(2);
  copy_folder(folder(), folder("clone"));
  sell_and_send(3);
  sell_and_send(4, "clone");
  sell_and_send(1);
  expect_each_once("clone");
  const nlohmann::json alarms = hq_.run({"alarm", "list"}).at("alarms");
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].at("kind"), "conflict");
  hq_.run({"alarm", "clear", "conflict"});
  EXPECT_EQ(hq_.run({"alarm", "list"}).at("alarms").size(), 0u);
}

TEST_F(Outcomes, A30_hq_from_yesterdays_backup_is_told_again_what_it_lost) {
  enroll();
  sell_and_send(3);
  hq_.kill();
  fs::copy_file(hq_database(), hq_.file("backup.db"));
  hq_.serve();
  sell_and_send(5);
  hq_.kill();
  fs::copy_file(hq_.file("backup.db"), hq_database(), fs::copy_options::overwrite_existing);
  hq_.serve();
  sell_and_send(1);
  expect_each_once();
}

TEST_F(Outcomes, A40_hq_from_a_backup_publishes_nothing_that_lanes_are_beyond) {
  enroll();
  sell_and_send(1);
  hq_.kill();
  copy_folder(hq_.file("hq"), hq_.file("backup"));
  hq_.serve();
  hq_.publish("Second words");
  {
    const auto lane = open();
    ASSERT_TRUE(wait_for([&] { return lane->health().ready_version == 2; }, 20s));
    hq_.kill();
    copy_folder(hq_.file("backup"), hq_.file("hq"));
    hq_.serve();
    // The lane's report tells this HQ what it does not know any more.
    ASSERT_TRUE(wait_for([&] { return ask("SELECT count(*) FROM alarms") == 1; }, 60s))
        << lane->health().message;
    EXPECT_EQ(lane->health().ready_version, 2u);
    try {
      hq_.publish("Other words");
      ADD_FAILURE() << "published a version that lanes have";
    } catch (const std::runtime_error& refused) {
      EXPECT_THAT(refused.what(), HasSubstr("xsell-hq bump"));
    }
    EXPECT_EQ(hq_.run({"bump"}).at("version"), 3);
  }
  // Started anew, since hints that bring nothing, as that of the restored HQ, are not heeded for a
  // minute.
  const auto lane = open();
  ASSERT_TRUE(wait_for([&] { return lane->health().ready_version == 3; }, 20s))
      << lane->health().message;
  EXPECT_EQ(hq_.publish("Other words"), 4u);
  ASSERT_TRUE(wait_for([&] { return lane->health().ready_version == 4; }, 20s))
      << lane->health().message;
  EXPECT_EQ(hq_.run({"status"}).at("alarms"), 0);
}

TEST_F(Outcomes, A44_a_revoked_lane_prompts_on_and_loses_nothing_by_enrolling_anew) {
  enroll();
  sell_and_send(2);
  const std::string device = hq_.run({"status"}).at("lanes")[0].at("device");
  hq_.run({"revoke", device});
  {
    const auto lane = open();
    lane->begin_transaction(++sold_, {});
    EXPECT_EQ(lane->line_added(tests::line_of(1, "ITEM-1")).size(), 1u) << "rules keep running";
    lane->finalise_transaction(150, {});
    EXPECT_TRUE(wait_for([&] {
      return std::string_view(lane->health().message).find("enrol it again") !=
             std::string_view::npos;
    })) << lane->health().message;
    EXPECT_EQ(ask("SELECT count(*) FROM outcomes WHERE kind=8"), 2);
    // While it runs.
    enroll();
    EXPECT_TRUE(is_all_sent(*lane)) << lane->health().message;
  }
  expect_each_once();
}

TEST_F(Outcomes, A38_enrolling_anew_while_an_acknowledgement_is_outstanding_doubles_nothing) {
  enroll();
  sell_and_send(1);
  hq_.kill();
  {
    const auto lane = open();
    sell(*lane, 3);
  }
  copy_folder(folder(), folder("unsent"));
  hq_.serve();
  sell_and_send(0);
  // As if the lane had died before HQ's answer came; and then it gets another name.
  fs::copy_file(folder("unsent") + "/lane.db", folder() + "/lane.db",
                fs::copy_options::overwrite_existing);
  enroll();
  sell_and_send(2);
  expect_each_once();
}

TEST_F(Outcomes, A38_losing_all_trust_while_an_acknowledgement_is_outstanding_doubles_nothing) {
  enroll();
  sell_and_send(1);
  hq_.kill();
  {
    const auto lane = open();
    sell(*lane, 3);
  }
  copy_folder(folder(), folder("unsent"));
  hq_.serve();
  sell_and_send(0);
  fs::copy_file(folder("unsent") + "/lane.db", folder() + "/lane.db",
                fs::copy_options::overwrite_existing);
  for (const char* name : {"/trust.db", "/trust.db.copy"}) {
    tests::write_text(folder() + name, std::string(9'000, 'z'));
  }
  sell_and_send(2);
  expect_each_once();
  EXPECT_EQ(ask("SELECT count(DISTINCT epoch) FROM outcomes"), 1);
}

}  // namespace
}  // namespace xsell

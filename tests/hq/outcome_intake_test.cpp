// What many lanes send at once: stored together, told apart.
#include "hq/server/outcome_intake.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>

#include "hq/server/device_cache.h"
#include "tests/hq/outcome_builder.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/plugin/wait_for.h"

namespace xsell::hq {
namespace {

using Taken = OutcomeIntake::Taken;

std::string baskets(int count) {
  OutcomeBuilder lane;
  for (int i = 0; i < count; ++i) lane.transaction(rules::ExperimentArm::kTreated).basket(100 + i);
  return sync::encode_batch(lane.batch()).bytes;
}

class OutcomeIntakeTest : public ::testing::Test {
 protected:
  void open(OutcomeIntake::Limits limits = {}) {
    intake_.emplace(
        io_, store_, [] { return std::int64_t{1'780'000'000}; },
        [this](const Device& device) { noted_.push_back(device.device); }, limits);
  }

  bool send(const std::string& device, std::string bytes) {
    auto sender = std::make_shared<Device>();
    sender->device = device;
    return intake_->take(std::move(sender), std::move(bytes),
                         [this, device](const Taken& taken) { told_[device] = taken; });
  }

  // All of them are read and wait when the store looks for the first time.
  void wait_until_read(std::size_t count) {
    ASSERT_TRUE(tests::wait_for([&] { return intake_->batches_ready() == count; }));
  }

  std::int64_t rows() {
    auto count = store_.prepare("SELECT count(*) FROM outcomes");
    count.step();
    return count.column_int64(0);
  }

  tests::TemporaryFolder folder_;
  HqStore store_{folder_.file("hq.db")};
  boost::asio::io_context io_;
  std::map<std::string, Taken> told_;
  std::vector<std::string> noted_;
  std::optional<OutcomeIntake> intake_;
};

TEST_F(OutcomeIntakeTest, what_waits_together_shares_one_commit) {
  open();
  for (const char* lane : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(send(lane, baskets(3)));
  wait_until_read(5);
  EXPECT_TRUE(told_.empty()) << "told before it was stored";
  io_.poll();
  EXPECT_EQ(told_.size(), 5u);
  for (const auto& [lane, taken] : told_) {
    EXPECT_EQ(taken.failure, "") << lane;
    EXPECT_EQ(taken.result.acked_through, 3u) << lane;
  }
  EXPECT_EQ(rows(), 15);
  EXPECT_EQ(intake_->commits(), 1u);
  EXPECT_EQ(noted_.size(), 5u);
}

TEST_F(OutcomeIntakeTest, A38_the_same_batch_twice_in_one_commit_counts_once) {
  open();
  send("a", baskets(3));
  send("a", baskets(3));
  send("a", baskets(5));
  wait_until_read(3);
  io_.poll();
  EXPECT_EQ(told_["a"].result.acked_through, 5u);
  EXPECT_EQ(rows(), 5);
}

TEST_F(OutcomeIntakeTest, A31_a_clone_and_a_gap_take_nobody_along) {
  open();
  OutcomeBuilder clone;
  clone.transaction(rules::ExperimentArm::kTreated).basket(7);
  OutcomeStore(store_).append("cloned", read_records(clone.batch()), 1);
  OutcomeBuilder late;
  late.transaction(rules::ExperimentArm::kTreated).basket(7);
  sync::OutcomeBatch gap = late.batch();
  gap.records[0].first_sequence = gap.records[0].last_sequence = 9;
  send("good", baskets(2));
  send("cloned", baskets(2));
  send("gap", sync::encode_batch(gap).bytes);
  send("also good", baskets(2));
  wait_until_read(4);
  io_.poll();
  EXPECT_EQ(told_["cloned"].result.kind, AppendResult::Kind::kConflict);
  EXPECT_EQ(told_["gap"].result.kind, AppendResult::Kind::kGap);
  EXPECT_EQ(told_["good"].result.acked_through, 2u);
  EXPECT_EQ(told_["also good"].result.acked_through, 2u);
  EXPECT_EQ(rows(), 5);
}

TEST_F(OutcomeIntakeTest, A39_what_cannot_be_stored_or_read_takes_nobody_along) {
  store_.database().execute(
      "CREATE TRIGGER poison BEFORE INSERT ON outcomes WHEN NEW.device = 'poison' "
      "BEGIN SELECT RAISE(ABORT, 'poison'); END");
  open();
  send("before", baskets(2));
  send("poison", baskets(2));
  send("garbage", "no batch at all");
  send("after", baskets(2));
  wait_until_read(4);
  io_.poll();
  EXPECT_NE(told_["poison"].failure.find("poison"), std::string::npos) << told_["poison"].failure;
  EXPECT_NE(told_["garbage"].bad_batch, "");
  for (const char* lane : {"before", "after"}) {
    EXPECT_EQ(told_[lane].failure, "");
    EXPECT_EQ(told_[lane].result.acked_through, 2u);
  }
  EXPECT_EQ(rows(), 4);
}

TEST_F(OutcomeIntakeTest, A28_nobody_is_told_that_it_is_stored_when_the_disk_refuses) {
  open();
  send("a", baskets(2));
  send("b", baskets(2));
  wait_until_read(2);
  store_.database().execute("PRAGMA query_only=ON");
  io_.poll();
  EXPECT_NE(told_["a"].failure, "");
  EXPECT_NE(told_["b"].failure, "");
  store_.database().execute("PRAGMA query_only=OFF");
  EXPECT_EQ(rows(), 0);
  // The next clean try succeeds.
  send("a", baskets(2));
  wait_until_read(1);
  io_.restart();
  io_.poll();
  EXPECT_EQ(told_["a"].result.acked_through, 2u);
  EXPECT_EQ(rows(), 2);
}

TEST_F(OutcomeIntakeTest, what_waits_is_bounded) {
  const std::string bytes = baskets(10);
  open({.waiting_bytes = 3 * bytes.size(), .batches_a_commit = 2});
  // Two are read ahead, a third may be in the reader's hands, three wait.
  int taken = 0;
  while (taken < 100 && send(std::to_string(taken), bytes)) ++taken;
  EXPECT_GE(taken, 3);
  EXPECT_LE(taken, 6);
  ASSERT_TRUE(tests::wait_for([&] {
    io_.restart();
    io_.poll();
    return told_.size() == static_cast<std::size_t>(taken);
  }));
  EXPECT_EQ(rows(), taken * 10);
}

// --- who sends ---

class DeviceCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FleetStore fleet(store_);
    fleet.add_lane("0217", "3");
    const std::string secret = fleet.add_enrolment("0217", "3", "test", 0, 100);
    ASSERT_EQ(fleet.enrol(secret, {"d-1", std::string(32, 'k'), "token"}, 1),
              FleetStore::Enrolment::kDone);
  }

  tests::TemporaryFolder folder_;
  HqStore store_{folder_.file("hq.db")};
  HqStore other_{folder_.file("hq.db")};
  DeviceCache cache_{store_};
};

TEST_F(DeviceCacheTest, knows_a_device_without_asking_the_database_again) {
  const auto first = cache_.find_by_token("token");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->device, "d-1");
  EXPECT_EQ(cache_.find_by_token("token"), first);
}

TEST_F(DeviceCacheTest, A44_a_revocation_by_another_process_counts_at_once) {
  ASSERT_FALSE(cache_.find_by_token("token")->revoked_at_s);
  FleetStore(other_).revoke("d-1", 5);
  EXPECT_EQ(cache_.find_by_token("token")->revoked_at_s, 5);
}

TEST_F(DeviceCacheTest, A44_so_it_does_when_the_database_was_at_rest) {
  const timespec long_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, folder_.file("hq.db").c_str(), long_ago, 0), 0);
  cache_.find_by_token("token");
  const std::uint64_t checks = cache_.checks();
  for (int i = 0; i < 10; ++i) ASSERT_FALSE(cache_.find_by_token("token")->revoked_at_s);
  EXPECT_EQ(cache_.checks(), checks) << "the database was asked again";
  FleetStore(other_).revoke("d-1", 5);
  EXPECT_EQ(cache_.find_by_token("token")->revoked_at_s, 5);
  // Just written, it may be written again within the same tick.
  FleetStore(other_).quarantine("d-1", 6);
  EXPECT_EQ(cache_.find_by_token("token")->quarantined_at_s, 6);
}

TEST_F(DeviceCacheTest, what_this_process_changes_counts_once_it_is_forgotten) {
  FleetStore fleet(store_);
  cache_.find_by_token("token");
  fleet.quarantine("d-1", 7);
  cache_.forget("d-1");
  EXPECT_EQ(cache_.find_by_token("token")->quarantined_at_s, 7);
}

TEST_F(DeviceCacheTest, keeps_neither_guesses_nor_health_reports) {
  FleetStore(store_).record_health("d-1", 3, "1.0", R"({"long":"report"})", 9);
  EXPECT_EQ(cache_.find_by_token("token")->health, "");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(cache_.find_by_token(std::to_string(i)), nullptr);
  EXPECT_EQ(cache_.size(), 1u);
}

}  // namespace
}  // namespace xsell::hq

// xsell-checker sees what is wrong, and says when it cannot look.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hq/outcome_store.h"
#include "offline_cache/lane_store.h"
#include "rules/outcome.h"
#include "sync/outcome_batch.h"
#include "tests/integration/child_process.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/outcome_checker.h"

namespace xsell::tests {
namespace {

using offline_cache::DataFolder;
using offline_cache::LaneStore;
using offline_cache::LossClass;
using offline_cache::OutboxRecord;
using offline_cache::PendingRecord;
using testing::HasSubstr;

class CheckerTest : public testing::Test {
 protected:
  CheckerTest() {
    with_lane([](LaneStore& lane) { lane.set_device("d1"); });
  }

  std::string lane_folder() const { return parent_.file("lane"); }
  std::string hq_database() const { return parent_.file("hq.db"); }

  void with_lane(const std::function<void(LaneStore&)>& work) {
    const DataFolder folder(lane_folder());
    LaneStore lane(folder, {.new_epoch = [this] { return next_epoch_++; },
                            .digest = sync::outcome_digest,
                            .kept_bytes = kept_bytes_,
                            .reserve_bytes = 0});
    work(lane);
  }

  void record(int count) {
    with_lane([&](LaneStore& lane) {
      for (int i = 0; i < count; ++i) {
        rules::Outcome outcome;
        outcome.kind = rules::OutcomeKind::kShown;
        outcome.prompt_id = ++prompts_;
        outcome.rule_id.assign("rule");
        outcome.amount_minor = -7;
        const std::string bytes = sync::encode_outcome(outcome);
        lane.commit(std::vector<OutboxRecord>{{LossClass::kOutcome, prompts_, bytes}});
      }
    });
  }

  // Sends what waits; HQ's answer comes, or not.
  void send(bool is_answered = true) {
    with_lane([&](LaneStore& lane) {
      const auto pending = lane.pending(500, 1'000'000);
      sync::OutcomeBatch batch{pending.epoch, {}};
      for (const PendingRecord& record : pending.records) {
        batch.records.push_back({record.first_sequence, record.last_sequence, record.is_tombstone,
                                 record.count, "outcome", record.bytes});
      }
      hq::HqStore store(hq_database());
      const hq::AppendResult result =
          hq::OutcomeStore(store).append(lane.device(), hq::read_records(batch), 1'780'000'000);
      EXPECT_EQ(result.kind, hq::AppendResult::Kind::kStored);
      if (!is_answered) return;
      for (const auto& rejected : result.rejected) {
        lane.reject(pending.epoch, rejected.sequence, rejected.reason);
      }
      lane.ack_through(pending.epoch, result.acked_through);
    });
  }

  void at_hq(const std::string& sql) { hq::HqStore(hq_database()).database().execute(sql); }
  CheckResult check() { return check_outcomes(lane_folder(), hq_database()); }

  const InMemory in_memory_;
  TemporaryFolder parent_;
  uint64_t kept_bytes_ = 1'000'000;
  uint64_t next_epoch_ = 7;
  uint64_t prompts_ = 0;
};

TEST_F(CheckerTest, finds_nothing_wrong_where_nothing_is) {
  record(20);
  send();
  record(5);
  send(false);
  record(3);
  with_lane([](LaneStore& lane) { lane.reject(7, 28, "poison"); });
  const CheckResult result = check();
  EXPECT_TRUE(result.is_good()) << result.to_json();
  EXPECT_EQ(result.recorded, 28u);
  EXPECT_EQ(result.acknowledged, 20u);
  EXPECT_EQ(result.pending, 8u);
  EXPECT_EQ(result.stored, 25u);
  send();
  const CheckResult later = check();
  EXPECT_TRUE(later.is_good()) << later.to_json();
  EXPECT_EQ(later.tombstoned, 1u);
  EXPECT_EQ(later.stored, 27u);
}

TEST_F(CheckerTest, finds_what_is_lost) {
  record(20);
  send();
  at_hq("DELETE FROM outcomes WHERE sequence IN (3, 20)");
  const CheckResult result = check();
  EXPECT_EQ(result.lost, 2u);
  EXPECT_EQ(result.duplicate + result.invented + result.altered, 0u) << result.to_json();
  EXPECT_THAT(result.to_json(), HasSubstr("epoch 7, outcome 3: lost"));
}

TEST_F(CheckerTest, finds_what_is_there_twice) {
  record(4);
  send(false);
  // As a lane would that forgot to ask HQ how far it has got.
  with_lane([](LaneStore& lane) { lane.begin_epoch("d1", LaneStore::Why::kDevice); });
  send();
  const CheckResult result = check();
  EXPECT_EQ(result.duplicate, 4u) << result.to_json();
  EXPECT_EQ(result.lost + result.invented + result.altered, 0u) << result.to_json();
}

TEST_F(CheckerTest, finds_what_is_invented) {
  record(4);
  send();
  at_hq(
      "CREATE TEMP TABLE t AS SELECT * FROM outcomes WHERE sequence=4;"
      "UPDATE t SET sequence=9; INSERT INTO outcomes SELECT * FROM t;"
      "UPDATE t SET epoch=99; INSERT INTO outcomes SELECT * FROM t;");
  EXPECT_EQ(check().invented, 2u) << check().to_json();
}

TEST_F(CheckerTest, A31_what_a_copy_of_the_disk_has_sent_is_not_invented) {
  record(4);
  send();
  at_hq(
      "CREATE TEMP TABLE t AS SELECT * FROM outcomes WHERE sequence=4;"
      "UPDATE t SET epoch=99; INSERT INTO outcomes SELECT * FROM t;");
  EXPECT_EQ(check().invented, 1u) << "nobody knows of a copy";
  at_hq("INSERT INTO alarms VALUES ('conflict', 'd1', 1, 1, 1, 'two lanes')");
  const CheckResult result = check();
  EXPECT_TRUE(result.is_good()) << result.to_json();
  EXPECT_EQ(result.foreign, 1u);
}

TEST_F(CheckerTest, finds_what_is_altered) {
  record(4);
  send();
  at_hq("UPDATE outcomes SET amount_minor=7 WHERE sequence=2");
  EXPECT_EQ(check().altered, 1u) << check().to_json();
}

TEST_F(CheckerTest, finds_what_is_altered_together_with_its_digest) {
  record(4);
  send();
  at_hq(
      "CREATE TEMP TABLE t AS SELECT * FROM outcomes WHERE sequence=3; UPDATE t SET sequence=2;"
      "DELETE FROM outcomes WHERE sequence=2; INSERT INTO outcomes SELECT * FROM t;");
  EXPECT_EQ(check().altered, 1u) << check().to_json();
}

TEST_F(CheckerTest, finds_it_when_the_lane_keeps_the_bytes_no_more) {
  kept_bytes_ = 0;
  record(20);
  send();
  EXPECT_TRUE(check().is_good()) << check().to_json();
  at_hq(
      "CREATE TEMP TABLE t AS SELECT * FROM outcomes WHERE sequence=3; UPDATE t SET sequence=2;"
      "DELETE FROM outcomes WHERE sequence=2; INSERT INTO outcomes SELECT * FROM t;");
  EXPECT_EQ(check().altered, 1u) << check().to_json();
}

TEST_F(CheckerTest, follows_a_lane_whose_hq_was_restored) {
  kept_bytes_ = 1'500;
  record(30);
  send();
  record(10);
  send();
  at_hq("DELETE FROM outcomes WHERE sequence>5; UPDATE watermarks SET acked_through=5");
  EXPECT_EQ(check().lost, 35u);
  with_lane([](LaneStore& lane) { lane.rewind(7, 5); });
  send();
  const CheckResult result = check();
  EXPECT_TRUE(result.is_good()) << result.to_json();
  EXPECT_GT(result.tombstoned, 0u);
  EXPECT_EQ(result.stored + result.tombstoned, 40u);
}

TEST_F(CheckerTest, the_program_says_what_it_found_by_its_exit_code) {
  record(3);
  send();
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), XSELL_CHECKER);
    return run_program(arguments);
  };
  ProgramResult result = run({lane_folder(), hq_database()});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("\"is_good\":true"));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1);
  at_hq("DELETE FROM outcomes");
  result = run({lane_folder(), hq_database()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("\"lost\":3"));

  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({lane_folder()}).code, 2);
  EXPECT_EQ(run({"--nonsense", lane_folder(), hq_database()}).code, 2);
  EXPECT_EQ(run({"--help"}).code, 0);
  result = run({parent_.file("nothing"), hq_database()});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("not a folder"));
  EXPECT_EQ(run({lane_folder(), parent_.file("nothing")}).code, 3);
  EXPECT_EQ(run({parent_.path(), hq_database()}).code, 3) << "no lane.db";
  write_text(parent_.file("garbage.db"), std::string(9'000, 'g'));
  EXPECT_EQ(run({lane_folder(), parent_.file("garbage.db")}).code, 3);
  with_lane([&](LaneStore&) {
    result = run({lane_folder(), hq_database()});
    EXPECT_EQ(result.code, 3);
    EXPECT_THAT(result.err, HasSubstr("running"));
  });
}

}  // namespace
}  // namespace xsell::tests

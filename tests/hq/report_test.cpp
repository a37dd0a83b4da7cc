#include <gmock/gmock.h>

#include <random>

#include "hq/report/outcome_report.h"
#include "tests/hq/hq_fixture.h"
#include "tests/hq/outcome_builder.h"

namespace xsell::hq {
namespace {

using rules::ExperimentArm;
using rules::OutcomeKind;
using ::testing::HasSubstr;

class ReportTest : public HqTest {
 protected:
  void SetUp() override {
    HqTest::SetUp();
    init();
    store_ = std::make_unique<HqStore>(database_path());
  }
  OutcomeReport report(ReportGroup group = ReportGroup::kRule) {
    return make_outcome_report(*store_, {}, group);
  }
  std::unique_ptr<HqStore> store_;
};

TEST_F(ReportTest, CountsWhatBecameOfPrompts) {
  OutcomeBuilder lane;
  lane.transaction(ExperimentArm::kTreated)
      .prompt("a", "X", OutcomeKind::kAcceptedTouch, 1000)
      .basket(500);
  lane.transaction(ExperimentArm::kTreated)
      .prompt("a", "X", OutcomeKind::kAcceptedScan, 2000)
      .basket(500);
  lane.transaction(ExperimentArm::kTreated).prompt("a", "X", OutcomeKind::kDeclined, 0).basket(500);
  lane.transaction(ExperimentArm::kTreated).prompt("a", "X", OutcomeKind::kExpired, 0).basket(500);
  lane.transaction(ExperimentArm::kTreated)
      .prompt("b", "Y", OutcomeKind::kWithdrawn, 0)
      .basket(500);
  lane.transaction(ExperimentArm::kTreated).basket(500);
  lane.store(*store_);
  const OutcomeReport r = report();
  ASSERT_EQ(r.groups.size(), 2u);
  const PromptFigures& a = r.groups[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.acceptance.n, 4u);
  EXPECT_EQ(a.acceptance.successes, 2u);
  EXPECT_EQ(a.accepted_touch, 1u);
  EXPECT_EQ(a.accepted_scan, 1u);
  EXPECT_EQ(a.declined, 1u);
  EXPECT_EQ(a.expired, 1u);
  EXPECT_EQ(r.groups[1].withdrawn, 1u);
  EXPECT_EQ(r.cross_sell.acceptance.n, 5u);
  EXPECT_FALSE(r.has_hold_out);
  ASSERT_EQ(r.baskets.size(), 1u);
  EXPECT_EQ(r.baskets[0].all_transactions, 6u);
  EXPECT_EQ(r.baskets[0].treated.n(), 5u);
}

TEST_F(ReportTest, ComparesBothArmsOverEligibleTransactions) {
  OutcomeBuilder lane;
  for (int i = 0; i < 10; ++i) {
    lane.transaction(ExperimentArm::kTreated)
        .prompt("a", "X", i < 4 ? OutcomeKind::kAcceptedScan : OutcomeKind::kExpired,
                i < 4 ? 1000 : 0)
        .basket(1000 + 10 * i, 40'000);
  }
  for (int i = 0; i < 5; ++i) {
    lane.transaction(ExperimentArm::kHeldOut)
        .prompt("a", "X", OutcomeKind::kHeldOut, i < 1 ? 1000 : 0)
        .basket(900 + 10 * i, 35'000);
  }
  lane.transaction(ExperimentArm::kHeldOut).basket(999'999);  // not eligible
  lane.store(*store_);
  const OutcomeReport r = report();
  EXPECT_TRUE(r.has_hold_out);
  const PromptFigures& a = r.groups[0];
  EXPECT_EQ(a.acceptance.n, 10u);  // held-out prompts were never shown
  EXPECT_EQ(a.attach_treated.successes, 4u);
  EXPECT_EQ(a.attach_treated.n, 10u);
  EXPECT_EQ(a.attach_held_out.successes, 1u);
  EXPECT_EQ(a.attach_held_out.n, 5u);
  EXPECT_DOUBLE_EQ(r.baskets[0].treated.mean(), 1045);
  EXPECT_DOUBLE_EQ(r.baskets[0].held_out.mean(), 920);
  EXPECT_DOUBLE_EQ(r.baskets[0].treated_seconds.mean(), 40);
}

TEST_F(ReportTest, ReturnsAndPostVoidsAreNetted) {
  OutcomeBuilder lane;
  for (int i = 0; i < 3; ++i) {
    lane.transaction(ExperimentArm::kTreated)
        .prompt("a", "X", OutcomeKind::kAcceptedTouch, 1000)
        .basket(1000);
  }
  lane.returned(1, "X", 300);          // the offered item came back
  lane.returned(2, "Z", -200, -1000);  // another one, from a host that writes negative numbers
  lane.post_voided(3);
  lane.store(*store_);
  const OutcomeReport r = report();
  EXPECT_EQ(r.groups[0].acceptance.n, 2u);
  EXPECT_EQ(r.groups[0].acceptance.successes, 1u);
  EXPECT_EQ(r.groups[0].attach_treated.n, 2u);
  EXPECT_EQ(r.groups[0].attach_treated.successes, 1u);
  EXPECT_EQ(r.baskets[0].treated.n(), 2u);
  EXPECT_DOUBLE_EQ(r.baskets[0].treated.mean(), (700 + 800) / 2.0);
}

TEST_F(ReportTest, VoidedTransactionsDoNotCount) {
  OutcomeBuilder lane;
  lane.transaction(ExperimentArm::kTreated).basket(1000, 1000, rules::TransactionEnd::kVoided);
  lane.transaction(ExperimentArm::kTreated).basket(1000, 1000, rules::TransactionEnd::kAbandoned);
  lane.store(*store_);
  EXPECT_TRUE(report().baskets.empty());
}

TEST_F(ReportTest, UpsellsAreNeverCountedAsCrossSell) {
  OutcomeBuilder lane;
  lane.transaction(ExperimentArm::kTreated)
      .prompt("a", "X", OutcomeKind::kAcceptedTouch, 1000)
      .prompt("u", "Y", OutcomeKind::kAcceptedTouch, 1000, rules::Relation::upsell)
      .basket(1000);
  lane.store(*store_);
  const OutcomeReport r = report();
  EXPECT_EQ(r.cross_sell.acceptance.n, 1u);
  EXPECT_EQ(r.replacing.acceptance.n, 1u);
}

TEST_F(ReportTest, ATransactionWithTwoOffersOfARuleIsOneTransaction) {
  OutcomeBuilder lane;
  lane.transaction(ExperimentArm::kTreated)
      .prompt("a", "X", OutcomeKind::kDeclined, 0)
      .prompt("a", "Y", OutcomeKind::kAcceptedTouch, 1000)
      .basket(1000);
  lane.store(*store_);
  EXPECT_EQ(report().groups[0].attach_treated.n, 1u);
  EXPECT_EQ(report().groups[0].attach_treated.successes, 1u);
  EXPECT_EQ(report(ReportGroup::kOffer).groups.size(), 2u);
  EXPECT_EQ(report(ReportGroup::kStore).groups[0].name, "0217");
}

TEST_F(ReportTest, RangeIsOfTheTransactionsOwnTime) {
  OutcomeBuilder lane;
  lane.transaction(ExperimentArm::kTreated)
      .prompt("a", "X", OutcomeKind::kDeclined, 0)
      .basket(1000);
  lane.store(*store_);
  EXPECT_EQ(run({"report", "--until", "2026-05-27", "--json"}).json()["groups"].size(), 0u);
  EXPECT_EQ(run({"report", "--from", "2026-05-28", "--json"}).json()["groups"].size(), 1u);
}

TEST_F(ReportTest, PrintsTablesForPeopleAndOneDocumentForPrograms) {
  OutcomeBuilder lane;
  for (int i = 0; i < 20; ++i) {
    lane.transaction(i % 4 == 0 ? ExperimentArm::kHeldOut : ExperimentArm::kTreated)
        .prompt("pasta-sauce", "X", i % 4 == 0 ? OutcomeKind::kHeldOut : OutcomeKind::kAcceptedScan,
                1000)
        .basket(1000 + i);
  }
  lane.store(*store_);
  const Result text = run({"report"});
  EXPECT_EQ(text.code, kExitOk);
  EXPECT_THAT(text.out, HasSubstr("pasta-sauce"));
  EXPECT_THAT(text.out, HasSubstr("100.0% (79.6 to 100.0)"));
  EXPECT_THAT(text.out, HasSubstr("AVERAGE EUR"));
  EXPECT_THAT(text.out, HasSubstr("10.10"));
  const Json json = run({"report", "--json"}).json();
  EXPECT_EQ(json["cross_sell"]["attach_held_out"]["n"], 5);
  EXPECT_EQ(json["baskets"][0]["eligible_treated"]["n"], 15);
  EXPECT_EQ(json["baskets"][0]["uplift"]["interval_95"].size(), 2u);
  EXPECT_TRUE(json["has_hold_out"]);
}

// Whole reports of simulated shops: the uplift's interval holds the true uplift about as often as
// it says.
TEST_F(ReportTest, UpliftIntervalsAreHonest) {
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> amount(7, 0.6);
  int covered = 0;
  constexpr int kRuns = 150;
  for (int run = 0; run < kRuns; ++run) {
    Mean treated, held_out;
    for (int i = 0; i < 1000; ++i) {
      const bool is_held_out = random() % 10 == 0;
      const bool takes = random() % 100 < 20;
      const double value = amount(random) + (takes && !is_held_out ? 250 : 0);
      (is_held_out ? held_out : treated).add(value);
    }
    const Interval interval = welch_interval(treated, held_out);
    if (interval.low <= 50 && 50 <= interval.high) ++covered;
  }
  EXPECT_GE(covered, kRuns * 89 / 100);
}

class OutcomeStoreTest : public ReportTest {
 protected:
  int stored() {
    auto query = store_->prepare("SELECT count(*) FROM outcomes");
    query.step();
    return static_cast<int>(query.column_int64(0));
  }
  static sync::OutcomeBatch part(const sync::OutcomeBatch& whole, std::size_t from,
                                 std::size_t to) {
    sync::OutcomeBatch batch;
    batch.epoch = whole.epoch;
    batch.records.assign(whole.records.begin() + static_cast<std::ptrdiff_t>(from),
                         whole.records.begin() + static_cast<std::ptrdiff_t>(to));
    return batch;
  }
  static OutcomeBuilder ten_baskets() {
    OutcomeBuilder lane;
    for (int i = 0; i < 10; ++i) lane.transaction(ExperimentArm::kNone).basket(100 + i);
    return lane;
  }
};

TEST_F(OutcomeStoreTest, ReplaysAndOverlapsTakeEffectOnce) {
  const OutcomeBuilder lane = ten_baskets();
  OutcomeStore outcomes(*store_);
  EXPECT_EQ(outcomes.append("d", read_records(part(lane.batch(), 0, 6)), 1).acked_through, 6u);
  EXPECT_EQ(outcomes.append("d", read_records(part(lane.batch(), 0, 6)), 1).acked_through, 6u);
  EXPECT_EQ(outcomes.append("d", read_records(part(lane.batch(), 3, 10)), 1).acked_through, 10u);
  EXPECT_EQ(outcomes.append("d", read_records(part(lane.batch(), 0, 2)), 1).acked_through, 10u);
  EXPECT_EQ(stored(), 10);
  EXPECT_EQ(outcomes.acked_through("d", 7), 10u);
  EXPECT_EQ(outcomes.acked_through("e", 7), 0u);
}

TEST_F(OutcomeStoreTest, AGapIsRefusedWithWhatIsStored) {
  const OutcomeBuilder lane = ten_baskets();
  OutcomeStore outcomes(*store_);
  outcomes.append("d", read_records(part(lane.batch(), 0, 3)), 1);
  const AppendResult result = outcomes.append("d", read_records(part(lane.batch(), 4, 6)), 1);
  EXPECT_EQ(result.kind, AppendResult::Kind::kGap);
  EXPECT_EQ(result.acked_through, 3u);
  EXPECT_EQ(stored(), 3);
}

TEST_F(OutcomeStoreTest, OtherBytesUnderTheSameNumbersAreAConflict) {
  const OutcomeBuilder lane = ten_baskets();
  OutcomeBuilder clone;
  clone.transaction(ExperimentArm::kNone).basket(77);
  OutcomeStore outcomes(*store_);
  outcomes.append("d", read_records(lane.batch()), 1);
  EXPECT_EQ(outcomes.append("d", read_records(clone.batch()), 1).kind,
            AppendResult::Kind::kConflict);
  EXPECT_EQ(outcomes.append("other", read_records(clone.batch()), 1).kind,
            AppendResult::Kind::kStored);
}

TEST_F(OutcomeStoreTest, ABadOutcomeBlocksNobodyAndALossKeepsItsNumbers) {
  sync::OutcomeBatch batch = ten_baskets().batch();
  batch.records[4].outcome_json = "{\"nonsense\":1}";
  batch.records[9].is_tombstone = true;
  batch.records[9].outcome_json.clear();
  batch.records[9].last_sequence = 40;
  batch.records[9].count = 23;
  batch.records[9].loss_class = "detail";
  const AppendResult result = OutcomeStore(*store_).append("d", read_records(batch), 1);
  EXPECT_EQ(result.kind, AppendResult::Kind::kStored);
  EXPECT_EQ(result.acked_through, 40u);
  ASSERT_EQ(result.rejected.size(), 1u);
  EXPECT_EQ(result.rejected[0].sequence, 5u);
  EXPECT_EQ(stored(), 8);
  EXPECT_EQ(report().lost_outcomes, 23u);
}

}  // namespace
}  // namespace xsell::hq

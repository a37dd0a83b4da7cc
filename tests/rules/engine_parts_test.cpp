// The engine's parts, where a contract case would be a roundabout way to see them.
#include <gtest/gtest.h>

#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "rules/pacing_memory.h"
#include "rules/prompt_text.h"
#include "rules/rank_key.h"
#include "rules/schedule.h"
#include "rules/silence.h"
#include "rules/stable_hash.h"
#include "rules/stock_table.h"
#include "rules/text_table.h"

namespace xsell::rules {
namespace {

TEST(TextTable, NumbersEachTextOnceAndFindsIt) {
  TextTable table;
  EXPECT_EQ(table.find("a"), kNoId);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(table.add(std::to_string(i)), static_cast<std::uint32_t>(i));
  EXPECT_EQ(table.add("17"), 17u);
  EXPECT_EQ(table.size(), 1000u);
  EXPECT_EQ(table.find("999"), 999u);
  EXPECT_EQ(table.text(999), "999");
  EXPECT_EQ(table.find("1000"), kNoId);
}

TEST(StableHash, IsTheSameEverywhere) {
  // Arms and pacing memory depend on these values: they must never change.
  EXPECT_EQ(stable_hash("pasta-sauce"), StableHash().add("pasta-sauce").value());
  EXPECT_EQ(StableHash().add("s").add(stable_hash("c5")).value() % 10'000, 635u);
  EXPECT_NE(StableHash().add("ab").add("c").value(), StableHash().add("a").add("bc").value());
}

TEST(RankKey, OrdersByWhatMustBeAskedPinPriorityAndScore) {
  EXPECT_GT(rank_key(true, false, 0, 0), rank_key(false, true, 99, 99));
  EXPECT_GT(rank_key(false, true, 0, 0), rank_key(false, false, 99, 99));
  EXPECT_GT(rank_key(false, false, 2, 0), rank_key(false, false, 1, 99));
  EXPECT_GT(rank_key(false, false, 0, 0), rank_key(false, false, -1, 99));
}

TEST(RankKey, PutsAuthoredScoresAndMinedEvidenceOnOneScale) {
  // Half of the baskets is -ln(1/2) = 0.693.
  EXPECT_NEAR(score_of_probability(500'000), 0.693147 * (1 << 24), 10);
  EXPECT_NEAR(score_of_evidence(45426), score_of_probability(500'000), 256);
  for (std::int64_t millionths = 1; millionths < 1'000'000; millionths += 997) {
    ASSERT_LT(score_of_probability(millionths - 1), score_of_probability(millionths));
  }
}

TEST(Schedule, EdgesTellWhenToLookAgain) {
  Schedule schedule;
  TimeWindow window;
  window.start_minute = 16 * 60;
  window.end_minute = 2 * 60;
  schedule.windows.push_back(window);
  schedule.expires_s = 1'000'000;
  ScheduleEdges edges;
  edges.add(schedule);
  edges.put_in_order();
  const auto at = [](int hour, int minute) { return std::int64_t{60} * (60 * hour + minute); };
  EXPECT_FALSE(edges.is_any_between(at(10, 0), at(15, 59)));
  EXPECT_TRUE(edges.is_any_between(at(15, 59), at(16, 0)));
  EXPECT_FALSE(edges.is_any_between(at(16, 0), at(23, 0)));
  EXPECT_TRUE(edges.is_any_between(at(23, 0), at(26, 0)));
  EXPECT_TRUE(edges.is_any_between(at(3, 0), at(3 + 24, 0)));
  EXPECT_TRUE(edges.is_any_between(at(3, 0), at(2, 59))) << "the clock went back";
  EXPECT_TRUE(edges.is_any_between(1'000'000, 1'000'001));
  EXPECT_FALSE(ScheduleEdges().is_any_between(0, 1'000'000));
}

TEST(StockTable, KeepsWhatItIsToldUntilItIsFull) {
  StockTable stock;
  EXPECT_EQ(stock.on_hand_milli("a"), kUnknownStock);
  for (std::size_t i = 0; i < kMaxStockItems; ++i) ASSERT_TRUE(stock.set(std::to_string(i), 1000));
  EXPECT_FALSE(stock.set("one more", 1000));
  EXPECT_TRUE(stock.set("7", -5));
  EXPECT_EQ(stock.on_hand_milli("7"), 0);
  EXPECT_EQ(stock.on_hand_milli("one more"), kUnknownStock);
}

TEST(PacingMemory, RemembersTheLatestDeclinesAcrossASnapshot) {
  PacingMemory memory;
  CoolDownPolicy policy;
  policy.same_rule_transactions = 2;
  policy.same_customer_days = 30;
  for (std::uint64_t rule = 1; rule <= kMaxRememberedDeclines + 10; ++rule)
    memory.add_decline(rule, rule, 100);
  PacingMemory restored;
  ASSERT_TRUE(restored.restore(memory.snapshot()));
  EXPECT_FALSE(restored.is_cooling_down(1, 0, 100, policy)) << "pushed out by later ones";
  EXPECT_TRUE(restored.is_cooling_down(11, 0, 100, policy));
  for (int i = 0; i < 3; ++i) restored.begin_transaction();
  EXPECT_FALSE(restored.is_cooling_down(11, 0, 100, policy));
  EXPECT_TRUE(restored.is_cooling_down(11, 11, 129, policy));
  EXPECT_FALSE(restored.is_cooling_down(11, 11, 130, policy));
}

TEST(PacingMemory, RefusesASnapshotOfAnotherFormat) {
  PacingMemory memory;
  PacingSnapshot snapshot;
  snapshot.format = 99;
  EXPECT_FALSE(memory.restore(snapshot));
  snapshot = PacingSnapshot();
  snapshot.decline_count = kMaxRememberedDeclines + 1;
  EXPECT_FALSE(memory.restore(snapshot));
}

TEST(PacingMemory, CountsTheOperatorsLastHour) {
  PacingMemory memory;
  memory.sign_on(1);
  memory.add_prompt(10'000);
  memory.add_prompt(12'000);
  EXPECT_EQ(memory.prompts_in_last_hour(12'000), 2);
  EXPECT_EQ(memory.prompts_in_last_hour(13'600), 1);
  memory.sign_on(1);
  EXPECT_EQ(memory.prompts_in_last_hour(12'000), 2) << "the same operator";
  memory.sign_on(2);
  EXPECT_EQ(memory.prompts_in_last_hour(12'000), 0);
}

TEST(SilenceCounters, CountPerRuleAndReasonAndUnderNoRuleWhenFull) {
  SilenceCounters counters(1);
  for (int i = 0; i < 3; ++i) counters.add(0, DropReason::kInBasket);
  EXPECT_EQ(counters.count(0, DropReason::kInBasket), 3u);
  EXPECT_EQ(counters.count(0, DropReason::kTime), 0u);
  for (std::uint32_t rule = 0; rule < 5000; ++rule) counters.add(rule, DropReason::kTime);
  std::uint64_t all = 0;
  for (const auto& row : counters.rows()) {
    if (row.reason == DropReason::kTime) all += row.count;
  }
  EXPECT_GT(all, 200u);
  EXPECT_EQ(name_of(DropReason::kOncePerTransaction), "once_per_transaction");
}

TEST(PromptText, FillsInWhatIsKnown) {
  TextValues values;
  values.offer = "Käse";
  values.trigger = "Brot";
  values.quantity_milli = 1250;
  values.price_minor = 199;
  values.percent = 31;
  values.currency = Currency::from_text("EUR").value();
  char room[64];
  EXPECT_EQ(fill_in("{quantity} {offer} zu {trigger}: {price}, {percent} %", values, room),
            "1.25 Käse zu Brot: 1.99, 31 %");
  EXPECT_EQ(fill_in("now {saving} off", values, room), "") << "a saving nobody confirmed";
  EXPECT_EQ(fill_in("{unknown} {", values, room), "{unknown} {");
}

TEST(PromptText, CutsAtACodePoint) {
  TextValues values;
  values.offer = "Käse";
  char room[2];
  EXPECT_EQ(fill_in("{offer}", values, room), "K");
  char larger[8];
  EXPECT_EQ(fill_in("Käse, Käse", values, larger), "Käse, K");
}

TEST(LaneEngine, AnswersNothingWithoutRules) {
  LaneEngine engine(LaneScope(), nullptr);
  Event event;
  event.kind = EventKind::kTransactionBegin;
  event.transaction = 1;
  EXPECT_EQ(engine.on_event(event).count, 0u);
  event.kind = EventKind::kLineAdded;
  event.line.line = 1;
  event.line.item = "x";
  EXPECT_EQ(engine.on_event(event).result, EventResult::kOk);
  EXPECT_TRUE(engine.is_in_transaction());
  EXPECT_EQ(engine.adopt(nullptr), nullptr);
  EXPECT_FALSE(engine.is_in_transaction());
}

TEST(LaneEngine, KeepsABasketOfManyLinesAndRefusesMore) {
  LaneEngine engine(LaneScope(), nullptr);
  Event event;
  event.kind = EventKind::kTransactionBegin;
  event.transaction = 1;
  engine.on_event(event);
  event.kind = EventKind::kLineAdded;
  event.line.item = "x";
  for (std::uint64_t line = 1; line <= 1024; ++line) {
    event.line.line = line;
    ASSERT_EQ(engine.on_event(event).result, EventResult::kOk);
  }
  event.line.line = 1025;
  EXPECT_EQ(engine.on_event(event).result, EventResult::kBasketFull);
}

}  // namespace
}  // namespace xsell::rules

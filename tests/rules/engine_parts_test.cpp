// The engine's parts, where a contract case would be a roundabout way to see them.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rules/acceptance.h"
#include "rules/compiled_rules.h"
#include "rules/item_key_table.h"
#include "rules/lane_engine.h"
#include "rules/pacing_memory.h"
#include "rules/prompt_log.h"
#include "rules/rank_key.h"
#include "rules/schedule.h"
#include "rules/silence.h"
#include "rules/stable_hash.h"
#include "rules/stock_table.h"
#include "rules/text_store.h"
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

TEST(Acceptance, IsTooLowWhenSoFewYesesWouldBeTooUnlikely) {
  AutoMutePolicy policy;
  policy.acceptance_below_millionths = 10'000;
  EXPECT_FALSE(is_acceptance_too_low(298, 0, policy));
  EXPECT_TRUE(is_acceptance_too_low(299, 0, policy)) << "the figure in the documentation";
  // 473 is the least number of tries for one success below 1% at 95% (rule of 4.74).
  EXPECT_FALSE(is_acceptance_too_low(472, 1, policy));
  EXPECT_TRUE(is_acceptance_too_low(473, 1, policy));
  EXPECT_FALSE(is_acceptance_too_low(1000, 900, policy));
  EXPECT_FALSE(is_acceptance_too_low(0, 0, policy));
  policy.acceptance_below_millionths = 0;
  EXPECT_FALSE(is_acceptance_too_low(1024, 0, policy)) << "never mute";
}

TEST(PacingMemory, TalliesOutliveARestartAndOlderFormatsHaveNone) {
  PacingMemory memory;
  AutoMutePolicy policy;
  policy.acceptance_below_millionths = 500'000;
  memory.add_accepted(7);
  for (int i = 0; i < 5; ++i) memory.add_shown(9);
  memory.mute_if_unwanted(9, 100, policy);
  PacingMemory restored;
  ASSERT_TRUE(restored.restore(memory.snapshot()));
  ASSERT_NE(restored.tally(7), nullptr);
  EXPECT_EQ(restored.tally(7)->accepted_ever, 1u);
  ASSERT_NE(restored.tally(9), nullptr);
  EXPECT_EQ(restored.tally(9)->muted_until_day, 114);
  EXPECT_EQ(restored.tally(8), nullptr);

  PacingSnapshot older = memory.snapshot();
  older.format = 1;
  older.next_prompt = 55;
  ASSERT_TRUE(restored.restore(older));
  EXPECT_EQ(restored.tally(7), nullptr);
  EXPECT_EQ(restored.snapshot().next_prompt, 55u);
  EXPECT_EQ(restored.snapshot().format, PacingSnapshot().format);
}

TEST(PacingMemory, MakesRoomForTalliesByForgettingTheLeastShown) {
  PacingMemory memory;
  memory.add_accepted(1);
  for (std::uint64_t rule = 1; rule <= 100; ++rule) memory.add_shown(rule * kMaxTalliedRules + 1);
  EXPECT_NE(memory.tally(1), nullptr) << "a budget is never forgotten";
  EXPECT_NE(memory.tally(100 * kMaxTalliedRules + 1), nullptr);
  EXPECT_EQ(memory.tally(1 * kMaxTalliedRules + 1), nullptr);
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

std::string filled_in(const std::string& text, const TextValues& values, std::span<char> room) {
  TextStore store;
  LocalisedText localised;
  localised.set("en", text);
  return std::string(store.fill_in(store.add(localised), "en", "en", values, room));
}

TEST(TextStore, FillsInWhatIsKnown) {
  TextValues values;
  values.offer = "Käse";
  values.trigger = "Brot";
  values.quantity_milli = 1250;
  values.price_minor = 199;
  values.percent = 31;
  values.currency = Currency::from_text("EUR").value();
  char room[64];
  EXPECT_EQ(filled_in("{quantity} {offer} zu {trigger}: {price}, {percent} %", values, room),
            "1.25 Käse zu Brot: 1.99, 31 %");
  EXPECT_EQ(filled_in("now {saving} off", values, room), "") << "a saving nobody confirmed";
  EXPECT_EQ(filled_in("{unknown} {", values, room), "{unknown} {");
  EXPECT_EQ(filled_in("{unknown} {offer} {", values, room), "{unknown} Käse {");
  EXPECT_EQ(filled_in("{{offer}}", values, room), "{{offer}}") << "no such placeholder";
}

TEST(TextStore, CutsAtACodePoint) {
  TextValues values;
  values.offer = "Käse";
  char room[2];
  EXPECT_EQ(filled_in("{offer}", values, room), "K");
  char larger[8];
  EXPECT_EQ(filled_in("Käse, Käse", values, larger), "Käse, K");
}

TEST(TextStore, ChoosesTheLanguageAsLocalisedTextsDo) {
  LocalisedText text;
  for (const char* language : {"de", "de-AT", "fr"}) text.set(language, language);
  LocalisedText other;
  other.set("en", "other");
  TextStore store;
  const std::uint32_t empty = store.add(LocalisedText());
  const std::uint32_t id = store.add(text);
  const std::uint32_t last = store.add(other);
  for (const char* language : {"de", "de-AT", "de-CH", "fr-CA-x", "it", ""}) {
    for (const char* fallback : {"fr", "en"}) {
      EXPECT_EQ(store.find(id, language, fallback), text.find(language, fallback)) << language;
    }
  }
  EXPECT_EQ(store.find(empty, "de", "en"), "");
  EXPECT_EQ(store.find(last, "de", "fr"), "other");
  EXPECT_EQ(store.find(kNoId, "de", "en"), "");
}

TEST(ItemKeyTable, FindsKeysAsTheyAreTold) {
  ItemKeyTable table;
  const char* const kTexts[] = {
      "4006381333931",       "12345670",      "123",           "0123", "abc", "96385074",
      "9223372036854775808", "4006381333932", "00000000000000"};
  for (std::uint32_t i = 0; i < std::size(kTexts); ++i)
    ASSERT_EQ(table.add(*ItemKey::from_text(kTexts[i])), i);
  for (std::uint32_t i = 0; i < std::size(kTexts); ++i) {
    std::uint32_t id = kNoId;
    EXPECT_TRUE(table.find_told(kTexts[i], id));
    EXPECT_EQ(id, i) << kTexts[i];
    EXPECT_EQ(table.find(table.text(i)), i);
  }
  std::uint32_t id = kNoId;
  EXPECT_TRUE(table.find_told(" 04006381333931 ", id));
  EXPECT_EQ(id, 0u) << "a GTIN-13 and the same with its zero";
  EXPECT_TRUE(table.find_told("004006381333931", id));
  EXPECT_EQ(id, kNoId) << "15 digits are no GTIN";
  EXPECT_FALSE(table.find_told("", id));
  EXPECT_FALSE(table.find_told("a>b", id));
  // Every number of up to 14 digits is found as its normalised form is.
  for (std::uint64_t number = 1; number < 100'000'000'000'000; number = number * 3 + 1) {
    const std::string told = std::to_string(number);
    const std::uint32_t known = table.add(*ItemKey::from_text(told));
    EXPECT_TRUE(table.find_told(told, id));
    EXPECT_EQ(id, known) << told;
  }
}

TEST(PromptLog, KeepsRecordsInPlaceAndTellsWhatIsRelated) {
  auto log = std::make_unique<PromptLog>();
  std::vector<const PromptRecord*> places;
  for (std::uint32_t i = 0; i < kMaxPromptRecords; ++i) {
    PromptRecord& record = log->push();
    record.prompt_id = i + 1;
    record.rule = i;
    record.product = 1000 + i;
    record.group = kNoId;
    record.state = PromptState::open;
    log->renew(record);
    places.push_back(&record);
    if (i % 3 != 0) log->set_state(record, PromptState::declined);
    if (i >= 9) log->set_state(record, PromptState::withdrawn);
  }
  EXPECT_TRUE(log->is_full());
  EXPECT_EQ(log->live_count(), 3u);
  EXPECT_EQ(log->oldest_ended().prompt_id, 2u);
  log->erase(log->oldest_ended());
  EXPECT_EQ(log->oldest_ended().prompt_id, 3u);
  PromptRecord& late = log->push();
  EXPECT_EQ(&late, places[1]) << "the room that became free";
  late.prompt_id = 99;
  EXPECT_EQ(log->at(kMaxPromptRecords - 1).prompt_id, 99u);
  EXPECT_EQ(log->find(5), places[4]);
  int declined = 0;
  log->any_related(4, kNoId, kNoId, [&](const PacedPrompt& paced) {
    if (paced.rule == 4 && paced.state == PromptState::declined) ++declined;
    return false;
  });
  EXPECT_EQ(declined, 1);
  EXPECT_TRUE(log->may_have_product(1004));
  log->clear();
  EXPECT_FALSE(log->may_have_product(1004));
  EXPECT_EQ(log->size(), 0u);
}

TEST(PacingJournal, BringsOldCopiesUpToDate) {
  PacingMemory memory;
  auto often = std::make_unique<PacingCopy>();
  auto seldom = std::make_unique<PacingCopy>();
  const auto is_same = [&](const PacingCopy& copy) {
    return std::memcmp(&copy.snapshot, &memory.snapshot(), sizeof(PacingSnapshot)) == 0;
  };
  for (int i = 0; i < 3000; ++i) {
    memory.begin_transaction();
    memory.add_prompt(i);
    if (i % 7 == 0) memory.add_decline(static_cast<std::uint64_t>(i), 1, 2);
    if (i % 500 == 499) memory.restore(PacingSnapshot());
    if (i % 3 == 0) {
      memory.copy_to(*often);
      ASSERT_TRUE(is_same(*often)) << i;
    }
    if (i % 190 == 0) {
      memory.copy_to(*seldom);
      ASSERT_TRUE(is_same(*seldom)) << i;
    }
  }
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

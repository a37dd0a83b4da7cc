#include "sync/outcome_batch.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "rules/outcome.h"

namespace xsell::sync {
namespace {

rules::Outcome full_outcome() {
  rules::Outcome o;
  o.prompt_id = 0xFFFF'FFFF'FFFF'FFFFULL;
  o.rule_set_version = 12;
  o.transaction = 1ULL << 63;
  o.transaction_number = 4711;
  o.original_number = 4700;
  o.trigger_line = 2;
  o.resulting_line = 5;
  o.local_time_s = 1'780'000'000;
  o.shown_ms = 12'000;
  o.response_ms = 3'400;
  o.quantity_milli = -1'500;
  o.amount_minor = 299;
  o.offer = 1;
  o.line_count = 9;
  o.prompt_count = 2;
  o.kind = rules::OutcomeKind::kAcceptedScan;
  o.arm = rules::ExperimentArm::kTreated;
  o.reason = rules::DeclineReason::kTooDear;
  o.transaction_end = rules::TransactionEnd::kFinalised;
  o.is_voided = o.is_returned = o.is_mined = true;
  o.relation = 1;
  o.rule_id.assign("pasta-sauce");
  o.offered_item.assign("04001234500012");
  o.trigger_item.assign("0412");
  o.experiment.assign("exp-7");
  o.business_unit.assign("0217");
  o.workstation.assign("3");
  o.operator_id.assign("9f\"\\\n\xC3\xA4");
  o.business_day.assign("2026-06-03");
  o.original_business_unit.assign("0218");
  o.original_workstation.assign("4");
  o.original_business_day.assign("2026-06-01");
  o.currency.assign("EUR");
  return o;
}

TEST(OutcomeCodec, carries_every_field_there_and_back) {
  const rules::Outcome outcome = full_outcome();
  const std::string json = encode_outcome(outcome);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  rules::Outcome back;
  std::string why;
  ASSERT_TRUE(decode_outcome(json, back, &why)) << why << ": " << json;
  EXPECT_EQ(encode_outcome(back), json);
  EXPECT_EQ(back.prompt_id, outcome.prompt_id);
  EXPECT_EQ(back.transaction, outcome.transaction);
  EXPECT_EQ(back.quantity_milli, outcome.quantity_milli);
  EXPECT_EQ(back.operator_id, outcome.operator_id);
  EXPECT_EQ(back.relation, outcome.relation);
  EXPECT_EQ(back.original_business_day, outcome.original_business_day);
}

TEST(OutcomeCodec, leaves_out_what_is_at_its_default) {
  rules::Outcome outcome;
  outcome.kind = rules::OutcomeKind::kBasket;
  EXPECT_EQ(encode_outcome(outcome), R"({"kind":"basket"})");
}

TEST(OutcomeCodec, survives_text_that_is_no_utf8) {
  rules::Outcome outcome = full_outcome();
  outcome.operator_id.assign(
      "a\xFF"
      "b");
  rules::Outcome back;
  ASSERT_TRUE(decode_outcome(encode_outcome(outcome), back));
  EXPECT_EQ(back.operator_id.view(), "a?b");
}

TEST(OutcomeCodec, is_a_closed_list) {
  rules::Outcome outcome;
  std::string why;
  for (const char* json :
       {R"({"kind":"shown","card_number":"4111"})", R"({"kind":"unheard_of"})", R"({"version":1})",
        R"([])", R"({)", R"({"kind":"shown","version":-1})", R"({"kind":"shown","version":1.5})",
        R"({"kind":"shown","version":"x"})", R"({"kind":"shown","offer":4294967296})",
        R"({"kind":"shown","voided":1})", R"({"kind":"shown","kind":"shown"})",
        R"({"kind":"shown","currency":"EUROEUROEURO"})", R"({"kind":"shown","relation":"friend"})",
        R"({"kind":"shown","experiment":{"a":[1]}})",
        R"({"kind":"shown","prompt":"99999999999999999999999"})"}) {
    why.clear();
    EXPECT_FALSE(decode_outcome(json, outcome, &why)) << json;
    EXPECT_FALSE(why.empty()) << json;
  }
}

OutcomeBatch numbered(std::uint64_t first, std::size_t count) {
  OutcomeBatch batch;
  batch.epoch = 7;
  rules::Outcome outcome = full_outcome();
  for (std::size_t i = 0; i < count; ++i) {
    outcome.prompt_id = 0x9E3779B97F4A7C15ULL * (i + 1);
    BatchRecord record;
    record.first_sequence = record.last_sequence = first + i;
    record.outcome_json = encode_outcome(outcome);
    batch.records.push_back(std::move(record));
  }
  return batch;
}

TEST(OutcomeBatch, carries_outcomes_and_tombstones_there_and_back) {
  OutcomeBatch batch = numbered(17, 3);
  BatchRecord lost;
  lost.first_sequence = 20;
  lost.last_sequence = 42;
  lost.is_tombstone = true;
  lost.count = 23;
  lost.loss_class = "detail";
  batch.records.push_back(lost);
  const EncodedBatch encoded = encode_batch(batch);
  EXPECT_EQ(encoded.record_count, 4U);
  EXPECT_EQ(encoded.last_sequence, 42U);
  const DecodedBatch decoded = decode_batch(encoded.bytes);
  ASSERT_TRUE(decoded.batch) << decoded.error;
  EXPECT_EQ(decoded.batch->epoch, 7U);
  ASSERT_EQ(decoded.batch->records.size(), 4U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(decoded.batch->records[i].outcome_json, batch.records[i].outcome_json);
    EXPECT_EQ(decoded.batch->records[i].last_sequence, 17U + i);
  }
  EXPECT_TRUE(decoded.batch->records[3].is_tombstone);
  EXPECT_EQ(decoded.batch->records[3].count, 23U);
  EXPECT_EQ(decoded.batch->records[3].loss_class, "detail");
}

TEST(OutcomeBatch, sends_at_most_500_records_and_as_many_as_asked) {
  const OutcomeBatch batch = numbered(1, 700);
  EXPECT_EQ(encode_batch(batch).record_count, 500U);
  EXPECT_EQ(encode_batch(batch, 10).record_count, 10U);
  EXPECT_LT(encode_batch(batch).bytes.size(), kMaxBatchBytes);
  EXPECT_EQ(encode_batch({}).record_count, 0U);
}

std::string squeeze(std::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 3));
  return bytes;
}

TEST(OutcomeBatch, refuses_what_does_not_hold_together) {
  const std::string head = R"({"schema":"xsell.outcomes/1","epoch":7,"first":1,"last":2,"count":2})"
                           "\n";
  const std::string one = R"({"seq":1,"outcome":{"kind":"shown"}})"
                          "\n";
  const std::string two = R"({"seq":2,"outcome":{"kind":"shown"}})"
                          "\n";
  ASSERT_TRUE(decode_batch(squeeze(head + one + two)).batch);
  for (const std::string& text :
       {std::string(), head, head + one, head + two + one, head + one + one, head + one + two + two,
        head + one +
            R"({"seq":2})"
            "\n",
        head + one +
            R"({"seq":2,"outcome":"x"})"
            "\n",
        head + one +
            R"({"seq":2,"outcome":{},"x":1})"
            "\n",
        head + one + "\n" + two,
        head + one +
            R"({"seq":2,"last":1,"class":"a","count":1})"
            "\n",
        one + two, head + one + two.substr(0, two.size() - 1),
        std::string(R"({"schema":"xsell.outcomes/2","epoch":7,"first":1,"last":2,"count":2})"
                    "\n") +
            one + two,
        std::string(R"({"schema":"xsell.outcomes/1","epoch":-7,"first":1,"last":2,"count":2})"
                    "\n") +
            one + two}) {
    const DecodedBatch decoded = decode_batch(squeeze(text));
    EXPECT_FALSE(decoded.batch) << text;
    EXPECT_FALSE(decoded.error.empty()) << text;
  }
  const std::string good = squeeze(head + one + two);
  EXPECT_FALSE(decode_batch(good.substr(0, good.size() - 1)).batch);
  EXPECT_FALSE(decode_batch(good + "x").batch);
  EXPECT_FALSE(decode_batch(good + good).batch);
  EXPECT_FALSE(decode_batch("").batch);
  EXPECT_FALSE(decode_batch("not zstd").batch);
}

TEST(OutcomeBatch, A17_a_bomb_is_cut_at_the_cap) {
  const std::string bomb = squeeze(std::string(64 * 1024 * 1024, ' '));
  ASSERT_LT(bomb.size(), kMaxBatchBytes);
  const DecodedBatch decoded = decode_batch(bomb);
  EXPECT_FALSE(decoded.batch);
  EXPECT_TRUE(decoded.is_too_large);
  EXPECT_TRUE(decode_batch(std::string(kMaxBatchBytes + 1, 'x')).is_too_large);
}

}  // namespace
}  // namespace xsell::sync

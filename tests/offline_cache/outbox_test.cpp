// The outbox when there is too much of it, when HQ forgets, and when the disk is an older image.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "offline_cache/checksum.h"
#include "offline_cache/lane_store.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;

constexpr size_t kNoLimit = 100'000'000;

class OutboxTest : public testing::Test {
 protected:
  LaneStore::Options options() {
    return {.new_epoch = [this] { return next_epoch_++; }, .digest = checksum, .reserve_bytes = 0};
  }

  // What a transaction with two prompts leaves, as the plugin classes it.
  static std::vector<OutboxRecord> sale(uint64_t transaction, std::string_view bytes) {
    return {{LossClass::kDetail, transaction, bytes},  {LossClass::kDetail, transaction, bytes},
            {LossClass::kOutcome, transaction, bytes}, {LossClass::kHeldOut, transaction, bytes},
            {LossClass::kOutcome, transaction, bytes}, {LossClass::kTotal, transaction, bytes}};
  }

  struct Left {
    std::map<LossClass, uint64_t> outcomes;
    std::map<LossClass, uint64_t> lost;
    std::map<LossClass, std::vector<uint64_t>> sequences;
    uint64_t through = 0;
    size_t rows = 0;
  };
  // Checks that no number is missing or there twice.
  static Left read(LaneStore& store, uint64_t from = 1) {
    Left left;
    uint64_t expected = from;
    for (const PendingRecord& record : store.pending(kNoLimit, kNoLimit).records) {
      EXPECT_EQ(record.first_sequence, expected);
      expected = record.last_sequence + 1;
      ++left.rows;
      if (record.is_tombstone) {
        EXPECT_EQ(record.count, record.last_sequence - record.first_sequence + 1);
        left.lost[record.loss_class] += record.count;
      } else {
        ++left.outcomes[record.loss_class];
        left.sequences[record.loss_class].push_back(record.first_sequence);
      }
    }
    left.through = expected - 1;
    return left;
  }

  const tests::InMemory in_memory_;
  TemporaryFolder parent_;
  DataFolder folder_{parent_.file("lane")};
  uint64_t next_epoch_ = 100;
};

TEST_F(OutboxTest, A39_over_the_cap_the_lowest_class_goes_first) {
  LaneStore::Options small = options();
  small.max_bytes = 200'000;
  small.in_flight = 6;
  LaneStore store(folder_, small);
  const std::string bytes(452, 'x');  // 500 with its row: 400 fit
  uint64_t transactions = 0;
  while (store.counters().dropped == 0) store.commit(sale(++transactions, bytes));
  Left left = read(store);
  EXPECT_EQ(left.through, transactions * 6);
  EXPECT_GT(left.lost[LossClass::kDetail], 0u);
  EXPECT_EQ(left.lost.size(), 1u) << "nothing but details went";
  EXPECT_EQ(left.outcomes[LossClass::kTotal], transactions);
  EXPECT_EQ(left.lost[LossClass::kDetail], store.counters().dropped);

  // So much more that only totals and held-out prompts find room.
  while (transactions < 150) store.commit(sale(++transactions, bytes));
  left = read(store);
  EXPECT_EQ(left.through, 900u);
  EXPECT_EQ(left.outcomes[LossClass::kTotal], 150u);
  EXPECT_EQ(left.outcomes[LossClass::kHeldOut], 150u);
  EXPECT_LT(left.outcomes[LossClass::kOutcome], 100u);
  EXPECT_LE(store.counters().pending_bytes, small.max_bytes);

  // And more than even those may take.
  while (transactions < 600) store.commit(sale(++transactions, bytes));
  left = read(store);
  EXPECT_EQ(left.through, 3600u);
  EXPECT_GT(left.outcomes[LossClass::kHeldOut], left.outcomes[LossClass::kTotal]);
  uint64_t lost = 0;
  for (const auto& [loss_class, count] : left.lost) lost += count;
  EXPECT_EQ(lost, store.counters().dropped);
  EXPECT_LE(store.counters().pending_bytes + store.counters().pending * 48, small.max_bytes);
}

TEST_F(OutboxTest, A39_a_transaction_goes_as_a_whole) {
  LaneStore::Options small = options();
  small.max_bytes = 100'000;
  small.in_flight = 0;
  LaneStore store(folder_, small);
  const std::string bytes(300, 'x');
  std::mt19937_64 random(7);
  std::map<uint64_t, uint64_t> transaction_of;  // by sequence
  uint64_t sequence = 0;
  // Rows of two transactions in turns, as when one is suspended.
  for (uint64_t pair = 0; pair < 200; ++pair) {
    std::vector<OutboxRecord> records;
    for (int i = 0; i < 6; ++i) {
      const uint64_t transaction = 2 * pair + random() % 2;
      records.push_back({LossClass::kOutcome, transaction, bytes});
      transaction_of[++sequence] = transaction;
    }
    store.commit(records);
  }
  ASSERT_GT(store.counters().dropped, 0u);
  Left left = read(store);
  std::set<uint64_t> kept;
  for (const uint64_t number : left.sequences[LossClass::kOutcome]) {
    kept.insert(transaction_of[number]);
  }
  std::map<uint64_t, uint64_t> rows_of;
  for (const auto& [number, transaction] : transaction_of) ++rows_of[transaction];
  uint64_t rows_of_kept = 0;
  for (const uint64_t transaction : kept) rows_of_kept += rows_of[transaction];
  EXPECT_EQ(rows_of_kept, left.sequences[LossClass::kOutcome].size());
}

TEST_F(OutboxTest, WhatMayBeUnderWayIsNeverDropped) {
  LaneStore::Options small = options();
  small.max_bytes = 20'000;
  small.in_flight = 30;
  LaneStore store(folder_, small);
  for (uint64_t i = 1; i <= 40; ++i) store.commit(sale(i, std::string(200, 'x')));
  const auto records = store.pending(30, kNoLimit).records;
  ASSERT_EQ(records.size(), 30u);
  for (const PendingRecord& record : records) EXPECT_FALSE(record.is_tombstone);
  EXPECT_GT(store.counters().dropped, 0u);
}

TEST_F(OutboxTest, DroppedNeighboursBecomeOneTombstone) {
  LaneStore::Options small = options();
  small.max_bytes = 50'000;
  small.in_flight = 0;
  LaneStore store(folder_, small);
  for (uint64_t i = 1; i <= 2'000; ++i) {
    store.commit(std::vector<OutboxRecord>{{LossClass::kDetail, i, std::string(100, 'x')}});
  }
  const auto records = store.pending(kNoLimit, kNoLimit).records;
  EXPECT_TRUE(records.front().is_tombstone);
  EXPECT_FALSE(records[1].is_tombstone);
  EXPECT_EQ(read(store).through, 2'000u);
}

TEST_F(OutboxTest, A30_hq_that_forgot_is_told_again) {
  {
    LaneStore store(folder_, options());
    for (uint64_t i = 1; i <= 10; ++i) store.commit(sale(i, "outcome " + std::to_string(i)));
    EXPECT_EQ(store.ack_through(100, 50), LaneStore::Ack::kTaken);
    EXPECT_EQ(store.counters().kept, 50u);
    EXPECT_EQ(store.counters().pending, 10u);
  }
  LaneStore store(folder_, options());
  store.rewind(100, 20);
  Left left = read(store, 21);
  EXPECT_EQ(left.through, 60u);
  EXPECT_TRUE(left.lost.empty());
  EXPECT_EQ(store.counters().acked_through, 20u);
  store.ack_through(100, 60);
  EXPECT_EQ(store.counters().pending, 0u);
  // Stale or foreign news change nothing.
  store.rewind(7, 0);
  store.rewind(100, 60);
  EXPECT_EQ(store.counters().pending, 0u);
}

TEST_F(OutboxTest, A30_what_is_not_kept_any_more_is_told_as_a_tombstone) {
  LaneStore::Options forgetful = options();
  forgetful.kept_bytes = 5'000;
  LaneStore store(folder_, forgetful);
  for (uint64_t i = 1; i <= 20; ++i) store.commit(sale(i, std::string(52, 'x')));
  store.ack_through(100, 60);
  store.ack_through(100, 115);
  const OutboxCounters counters = store.counters();
  EXPECT_LE(counters.kept_bytes + counters.kept * 48, 5'000u);
  EXPECT_GT(counters.kept, 20u);
  store.rewind(100, 10);
  Left left = read(store, 11);
  EXPECT_EQ(left.through, 120u);
  EXPECT_EQ(left.lost.size(), 1u);
  EXPECT_EQ(left.lost[LossClass::kAcknowledged], 105 - counters.kept);
  store.ack_through(100, 120);
  EXPECT_EQ(store.counters().pending, 0u);
}

TEST_F(OutboxTest, A30_an_older_image_is_found_by_what_hq_has) {
  LaneStore store(folder_, options());
  store.commit(sale(1, "x"));
  EXPECT_EQ(store.ack_through(100, 6), LaneStore::Ack::kTaken);
  EXPECT_EQ(store.ack_through(100, 7), LaneStore::Ack::kAhead);
  EXPECT_EQ(store.ack_through(55, 1), LaneStore::Ack::kOtherEpoch);
}

TEST_F(OutboxTest, ANewEpochLeavesBehindWhatHqHas) {
  LaneStore::Options small = options();
  small.max_bytes = 3'000;
  small.in_flight = 0;
  LaneStore store(folder_, small);
  store.set_device("d1");
  EXPECT_EQ(store.device(), "d1");
  for (uint64_t i = 1; i <= 10; ++i) {
    store.commit(std::vector<OutboxRecord>{{LossClass::kDetail, i, std::string(400, 'x')}});
  }
  const auto first = store.pending(1, kNoLimit).records.front();
  ASSERT_TRUE(first.is_tombstone);
  ASSERT_GT(first.last_sequence, 2u);
  // HQ has a part of what has become one tombstone since.
  store.ack_through(100, 2);
  store.begin_epoch("d2", LaneStore::Why::kDevice);
  EXPECT_EQ(store.device(), "d2");
  EXPECT_EQ(store.epoch(), 101u);
  Left left = read(store);
  EXPECT_EQ(left.through, 8u);
  EXPECT_EQ(left.lost[LossClass::kDetail], first.last_sequence - 2);
}

TEST_F(OutboxTest, DeadLettersAreCountedAndBounded) {
  LaneStore store(folder_, options());
  const std::vector<OutboxRecord> many(1'200, {LossClass::kOutcome, 1, "poison"});
  store.commit(many);
  for (uint64_t i = 1; i <= 1'200; ++i) store.reject(100, i, "no");
  EXPECT_EQ(store.counters().dead_letters, 1'200u);
  EXPECT_EQ(store.counters().dropped, 1'200u);
  EXPECT_EQ(store.counters().pending_bytes, 0u);
}

}  // namespace
}  // namespace xsell::offline_cache

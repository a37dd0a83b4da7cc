#include "offline_cache/lane_store.h"

#include <gtest/gtest.h>

#include "offline_cache/database.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;

class LaneStoreTest : public testing::Test {
 protected:
  LaneStore open() {
    return LaneStore(folder_, {.new_epoch = [this] { return next_epoch_++; }});
  }

  static void commit(LaneStore& store, std::initializer_list<std::string_view> texts,
                     std::optional<std::string_view> pacing = {}) {
    std::vector<OutboxRecord> records;
    for (const std::string_view text : texts) records.push_back({.transaction = 1, .bytes = text});
    store.commit(records, pacing);
  }

  static std::vector<std::string> texts(const PendingBatch& batch) {
    std::vector<std::string> found;
    for (const PendingRecord& record : batch.records) {
      found.push_back(std::to_string(record.first_sequence) + ":" +
                      (record.is_tombstone ? "tombstone" : record.bytes));
    }
    return found;
  }

  TemporaryFolder parent_;
  DataFolder folder_{parent_.file("lane")};
  uint64_t next_epoch_ = 100;
};

using Texts = std::vector<std::string>;

TEST_F(LaneStoreTest, NumbersWithoutGapsAcrossRestarts) {
  {
    LaneStore store = open();
    commit(store, {"a", "b"});
  }
  LaneStore store = open();
  commit(store, {"c"});
  EXPECT_EQ(store.epoch(), 100u);
  const PendingBatch batch = store.pending(10, 1000);
  EXPECT_EQ(batch.epoch, 100u);
  EXPECT_EQ(texts(batch), (Texts{"1:a", "2:b", "3:c"}));
}

TEST_F(LaneStoreTest, SequenceGoesOnAfterEverythingIsAcknowledged) {
  {
    LaneStore store = open();
    commit(store, {"a", "b"});
    store.ack_through(100, 2);
  }
  LaneStore store = open();
  EXPECT_EQ(store.next_sequence(), 3u);
  EXPECT_EQ(store.counters().acked_through, 2u);
  EXPECT_TRUE(store.pending(10, 1000).records.empty());
}

TEST_F(LaneStoreTest, AcknowledgementsOfOtherEpochsOrThePastChangeNothing) {
  LaneStore store = open();
  commit(store, {"a", "b", "c"});
  store.ack_through(100, 2);
  store.ack_through(100, 1);
  store.ack_through(7, 3);
  EXPECT_EQ(texts(store.pending(10, 1000)), (Texts{"3:c"}));
  EXPECT_EQ(store.counters().acked_through, 2u);
  store.ack_through(100, 900);
  commit(store, {"d"});
  EXPECT_EQ(texts(store.pending(10, 1000)), (Texts{"4:d"}));
}

TEST_F(LaneStoreTest, CountsWhatIsPending) {
  const auto expect = [](LaneStore& store, uint64_t pending, uint64_t bytes) {
    EXPECT_EQ(store.counters().pending, pending);
    EXPECT_EQ(store.counters().pending_bytes, bytes);
  };
  LaneStore store = open();
  commit(store, {"aaaa", "bbb", "cc", "d"});
  expect(store, 4, 10);
  store.reject(100, 2, "no");
  expect(store, 4, 7);
  store.ack_through(100, 2);
  expect(store, 2, 3);
  store.ack_through(100, 2);
  expect(store, 2, 3);
  store.begin_epoch("d2", LaneStore::Why::kDevice);
  expect(store, 2, 3);
}

TEST_F(LaneStoreTest, BatchesHoldTheirLimitsButNeverJam) {
  LaneStore store = open();
  commit(store, {"aaaa", "bbbb", "cccc"});
  EXPECT_EQ(texts(store.pending(2, 1000)).size(), 2u);
  EXPECT_EQ(texts(store.pending(10, 8)).size(), 2u);
  EXPECT_EQ(texts(store.pending(10, 1)).size(), 1u);
}

TEST_F(LaneStoreTest, PacingIsCommittedWithItsOutcomes) {
  {
    LaneStore store = open();
    EXPECT_EQ(store.pacing(), std::nullopt);
    commit(store, {"a"}, "state 1");
    commit(store, {"b"});
    commit(store, {}, std::string_view("state\0 2", 8));
  }
  LaneStore store = open();
  EXPECT_EQ(store.pacing(), std::string("state\0 2", 8));
}

TEST_F(LaneStoreTest, ARejectedOutcomeKeepsItsNumberAsATombstone) {
  LaneStore store = open();
  commit(store, {"a", "poison", "c"});
  store.reject(100, 2, "unknown field");
  store.reject(100, 2, "told twice");
  EXPECT_EQ(texts(store.pending(10, 1000)), (Texts{"1:a", "2:tombstone", "3:c"}));
  EXPECT_EQ(store.counters().dropped, 1u);
}

TEST_F(LaneStoreTest, ANewEpochTakesWhatIsPendingAlong) {
  {
    LaneStore store = open();
    commit(store, {"sent", "a", "b"});
    store.ack_through(100, 1);
    store.reject(100, 2, "no");
    store.begin_epoch("d2", LaneStore::Why::kDevice);
    commit(store, {"c"});
  }
  LaneStore store = open();
  const PendingBatch batch = store.pending(10, 1000);
  EXPECT_EQ(batch.epoch, 101u);
  EXPECT_EQ(texts(batch), (Texts{"1:tombstone", "2:b", "3:c"}));
  EXPECT_EQ(store.next_sequence(), 4u);
}

TEST_F(LaneStoreTest, ADamagedRowIsCountedAndDoesNotBlock) {
  {
    LaneStore store = open();
    commit(store, {"first outcome", "second outcome", "third outcome"});
  }
  ASSERT_TRUE(tests::flip_bit_at(folder_.file("lane.db"), "second outcome"));
  LaneStore store = open();
  EXPECT_EQ(texts(store.pending(10, 1000)),
            (Texts{"1:first outcome", "2:tombstone", "3:third outcome"}));
  EXPECT_EQ(store.counters().dropped, 1u);
}

TEST_F(LaneStoreTest, ADamagedEpochRowGivesNoNumberOutTwiceAndLosesNothing) {
  for (const char* damage : {"next_sequence=2", "next_sequence=70000", "acked_through=70000"}) {
    SCOPED_TRACE(damage);
    const DataFolder folder(parent_.file(damage));
    const LaneStore::Options options{.new_epoch = [] { return uint64_t{100}; }};
    {
      LaneStore store(folder, options);
      commit(store, {"a", "b", "c"});
    }
    Database(folder.file("lane.db"), Database::Profile::kExclusiveDurable)
        .execute(std::string("UPDATE epoch SET ") + damage);
    LaneStore store(folder, options);
    EXPECT_EQ(store.next_sequence(), 4u);
    commit(store, {"d"});
    store.rewind(100, 0);  // as HQ asks for what it has not
    EXPECT_EQ(texts(store.pending(10, 1000)), (Texts{"1:a", "2:b", "3:c", "4:d"}));
  }
}

TEST_F(LaneStoreTest, DamagedPacingIsForgotten) {
  {
    LaneStore store = open();
    commit(store, {}, "pacing state");
  }
  ASSERT_TRUE(tests::flip_bit_at(folder_.file("lane.db"), "pacing state"));
  EXPECT_EQ(open().pacing(), std::nullopt);
}

TEST_F(LaneStoreTest, ADamagedFileIsSetAsideAndANewEpochBegins) {
  {
    LaneStore store = open();
    commit(store, {"a"});
  }
  tests::write_text(folder_.file("lane.db"), std::string(9000, 'z'));
  LaneStore store = open();
  EXPECT_EQ(store.epoch(), 101u);
  EXPECT_EQ(store.next_sequence(), 1u);
  ASSERT_TRUE(store.set_aside_as());
  EXPECT_EQ(tests::read_text(*store.set_aside_as()), std::string(9000, 'z'));
  commit(store, {"b"});
  EXPECT_EQ(texts(store.pending(10, 1000)), (Texts{"1:b"}));
}

TEST_F(LaneStoreTest, ATruncatedFileIsSetAside) {
  {
    LaneStore store = open();
    for (int i = 0; i < 200; ++i) commit(store, {"some outcome that fills a page after a while"});
  }
  std::filesystem::resize_file(folder_.file("lane.db"), 8192);
  EXPECT_TRUE(open().set_aside_as());
}

}  // namespace
}  // namespace xsell::offline_cache

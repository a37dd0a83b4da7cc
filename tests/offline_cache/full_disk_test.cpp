// The lane's folder on a disk that really is full, or really is read-only.
#include <gtest/gtest.h>

#include "offline_cache/lane_store.h"
#include "offline_cache/trust_store.h"
#include "tests/offline_cache/tiny_disk.h"

namespace xsell::offline_cache {
namespace {

using tests::TinyDisk;

constexpr size_t kNoLimit = 100'000'000;

LaneStore::Options options() {
  return {.new_epoch = [] { return uint64_t{5}; }, .in_flight = 50};
}

std::vector<OutboxRecord> sale(uint64_t transaction, std::string_view bytes) {
  return {{LossClass::kDetail, transaction, bytes},
          {LossClass::kOutcome, transaction, bytes},
          {LossClass::kTotal, transaction, bytes}};
}

void expect(const TinyDisk::Result& result) {
  if (!result.is_possible) GTEST_SKIP() << "no disk of our own here: " << result.why;
  EXPECT_EQ(result.why, "");
}

TEST(FullDisk, A28_the_outbox_goes_on_within_what_it_has) {
  expect(TinyDisk::run(8, [](const std::string& disk) -> std::string {
    const DataFolder folder(disk + "/lane");
    LaneStore store(folder, options());
    const std::string bytes(400, 'x');
    uint64_t transaction = 0;
    while (transaction < 1'000) store.commit(sale(++transaction, bytes));
    if (store.counters().dropped != 0) return "dropped while there was room";
    TinyDisk::fill(disk, 0);
    // As much again as fits the file, several times over: not one commit may fail.
    while (transaction < 4'000) store.commit(sale(++transaction, bytes), "pacing");
    const OutboxCounters counters = store.counters();
    if (counters.dropped == 0) return "nothing was dropped on a full disk";
    uint64_t expected = 1;
    uint64_t totals = 0;
    uint64_t lost = 0;
    for (const PendingRecord& record : store.pending(kNoLimit, kNoLimit).records) {
      if (record.first_sequence != expected) return "a gap at " + std::to_string(expected);
      expected = record.last_sequence + 1;
      if (record.is_tombstone) lost += record.count;
      if (!record.is_tombstone && record.loss_class == LossClass::kTotal) ++totals;
    }
    if (totals == 0) return "not one total is left";
    if (expected != 12'001) return "recorded through " + std::to_string(expected - 1);
    if (lost != counters.dropped) return "the counter is not what the tombstones say";
    TinyDisk::free(disk);
    for (int i = 0; i < 100; ++i) store.commit(sale(++transaction, bytes));
    return {};
  }));
}

TEST(FullDisk, A28_when_nothing_can_go_the_error_says_so_and_nothing_is_lost) {
  expect(TinyDisk::run(4, [](const std::string& disk) -> std::string {
    const DataFolder folder(disk + "/lane");
    LaneStore::Options all_under_way = options();
    all_under_way.in_flight = 1'000'000;
    LaneStore store(folder, all_under_way);
    TinyDisk::fill(disk, 0);
    const std::string bytes(400, 'x');
    uint64_t stored = 0;
    bool is_full = false;
    for (uint64_t i = 1; i <= 100'000 && !is_full; ++i) {
      try {
        store.commit(sale(i, bytes));
        stored += 3;
      } catch (const StorageError& error) {
        if (error.kind() != StorageError::Kind::kFull) return error.what();
        is_full = true;
      }
    }
    if (!is_full) return "never full";
    if (store.pending(kNoLimit, kNoLimit).records.size() != stored) return "stored ones are gone";
    TinyDisk::free(disk);
    store.commit(sale(1, bytes));
    if (store.next_sequence() != stored + 4) return "a number is missing";
    return {};
  }));
}

TEST(FullDisk, A28_trust_stays_as_it_was) {
  expect(TinyDisk::run(2, [](const std::string& disk) -> std::string {
    const DataFolder folder(disk + "/lane");
    {
      TrustStore trust(folder);
      trust.save("root", std::string(20'000, 'r'));
      trust.advance_trusted_time(100);
      trust.refresh_copy();
      TinyDisk::fill(disk, 0);
      bool has_failed = false;
      for (int i = 0; i < 20 && !has_failed; ++i) {
        try {
          trust.save("root", std::string(200'000, 's'));
          trust.refresh_copy();
        } catch (const StorageError& error) {
          has_failed = true;
          if (error.kind() != StorageError::Kind::kFull) return error.what();
        }
      }
      if (!has_failed) return "never full";
    }
    TinyDisk::free(disk);
    TrustStore trust(folder);
    if (trust.last_trusted_time_s() != 100) return "the trusted time went back";
    const std::string root = trust.load("root").value_or("");
    if (root != std::string(20'000, 'r') && root != std::string(200'000, 's'))
      return "root is torn";
    trust.save("root", "new");
    trust.refresh_copy();
    return {};
  }));
}

TEST(FullDisk, A28_a_read_only_disk_is_named_and_heals_when_it_is_writable_again) {
  expect(TinyDisk::run(8, [](const std::string& disk) -> std::string {
    const DataFolder folder(disk + "/lane");
    {
      LaneStore store(folder, options());
      store.commit(sale(1, "x"));
    }
    // Not while a file is open for writing: the lock.
    const std::string path = folder.path();
    if (!TinyDisk::make_read_only(disk, true)) return {};
    try {
      const LaneStore store(folder, options());
      return "opened on a read-only disk";
    } catch (const StorageError& error) {
      if (error.kind() != StorageError::Kind::kNotWritable) return error.what();
      if (std::string(error.what()).find(path) == std::string::npos) return error.what();
    }
    if (!TinyDisk::make_read_only(disk, false)) return "cannot be made writable again";
    LaneStore store(folder, options());
    store.commit(sale(2, "x"));
    return store.next_sequence() == 7 ? "" : "a number is missing";
  }));
}

}  // namespace
}  // namespace xsell::offline_cache

// Power cuts at every sync point of the lane's three kinds of file.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "offline_cache/checksum.h"
#include "offline_cache/lane_store.h"
#include "offline_cache/rules_file.h"
#include "offline_cache/rules_file_update.h"
#include "offline_cache/trust_store.h"
#include "tests/offline_cache/crash_disk.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/simple_hasher.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::CrashDisk;
using tests::TemporaryFolder;

// States drawn for each cut; XSELL_POWER_CUTS asks for more.
uint64_t draws() {
  const char* asked = ::getenv("XSELL_POWER_CUTS");
  return asked ? std::strtoull(asked, nullptr, 10) : 6;
}

class PowerCut : public testing::Test {
 protected:
  // `check` gets the rebuilt folder and the promise that holds there.
  void cut_everywhere(const CrashDisk& disk,
                      const std::function<void(const std::string&, uint64_t)>& check) {
    const uint64_t first_seed = ::testing::UnitTest::GetInstance()->random_seed() * 1'000'003ull;
    size_t states = 0;
    for (const size_t cut : disk.cuts()) {
      for (uint64_t draw = 0; draw < draws(); ++draw) {
        const uint64_t seed = first_seed + cut * 1'000'000 + draw;
        SCOPED_TRACE("cut after event " + std::to_string(cut) + " of " +
                     std::to_string(disk.events()) + ", seed " + std::to_string(seed));
        disk.rebuild(cut, seed, after_);
        check(after_, disk.promise_at(cut));
        ++states;
        if (HasFailure()) return;
      }
    }
    std::cout << states << " states after " << disk.cuts().size() << " cuts, seeds from "
              << first_seed << "\n";
  }

  const tests::InMemory in_memory_;
  TemporaryFolder parent_;
  const std::string after_ = parent_.file("after");
};

std::string describe(LaneStore& store) {
  std::string text = "epoch " + std::to_string(store.epoch()) + " of " + store.device() +
                     ", next " + std::to_string(store.next_sequence()) + ", acked " +
                     std::to_string(store.counters().acked_through) + ", dropped " +
                     std::to_string(store.counters().dropped) + ", pacing " +
                     store.pacing().value_or("none");
  for (const PendingRecord& record : store.pending(100'000, 100'000'000).records) {
    text += "\n" + std::to_string(record.first_sequence) + "-" +
            std::to_string(record.last_sequence) + " " +
            (record.is_tombstone ? "lost " + std::to_string(record.count) : record.bytes);
  }
  return text;
}

TEST_F(PowerCut, A27_the_outbox_is_as_before_or_after_each_step) {
  const auto options = [](uint64_t first_epoch) {
    return LaneStore::Options{.new_epoch = [next = first_epoch]() mutable { return next++; },
                              .digest = checksum,
                              .max_bytes = 40'000,
                              .kept_bytes = 4'000,
                              .in_flight = 5,
                              .reserve_bytes = 0};
  };
  std::vector<std::string> snapshots;
  const DataFolder folder(parent_.file("lane"));
  CrashDisk disk(folder.path());
  {
    LaneStore store(folder, options(100));
    const auto step_done = [&] {
      snapshots.push_back(describe(store));
      disk.mark(snapshots.size());
    };
    step_done();
    store.set_device("d1");
    step_done();
    uint64_t transaction = 0;
    const auto sell = [&](int groups) {
      for (int i = 0; i < groups; ++i) {
        const std::string bytes =
            "outcome " + std::to_string(++transaction) + std::string(300, 'o');
        const OutboxRecord record{LossClass::kOutcome, transaction, bytes};
        store.commit(std::vector<OutboxRecord>(4, record), "pacing " + std::to_string(transaction));
        step_done();
      }
    };
    sell(12);
    store.ack_through(100, 20);
    step_done();
    store.reject(100, 22, "poison");
    step_done();
    store.rewind(100, 14);
    step_done();
    sell(20);  // over the cap
    EXPECT_GT(store.counters().dropped, 1u);
    store.ack_through(100, 40);
    step_done();
    store.begin_epoch("d2", LaneStore::Why::kDevice);
    step_done();
    sell(3);
  }
  uint64_t checked = 0;
  cut_everywhere(disk, [&](const std::string& path, uint64_t promise) {
    const DataFolder after(path);
    LaneStore store(after, options(900));
    ASSERT_FALSE(store.set_aside_as()) << "taken for damaged";
    const std::string found = describe(store);
    if (promise == 0 && store.epoch() >= 900) return;  // cut before there was anything
    const bool is_as_promised = promise > 0 && found == snapshots[promise - 1];
    const bool is_the_next = promise < snapshots.size() && found == snapshots[promise];
    EXPECT_TRUE(is_as_promised || is_the_next)
        << "promised:\n"
        << (promise > 0 ? snapshots[promise - 1] : "") << "\nfound:\n"
        << found;
    ++checked;
    // And it works on.
    store.commit(std::vector<OutboxRecord>{{LossClass::kOutcome, 9, "after"}});
  });
  EXPECT_GT(checked, 100u);
}

TEST_F(PowerCut, A27_trust_is_never_lower) {
  const DataFolder folder(parent_.file("lane"));
  CrashDisk disk(folder.path());
  {
    TrustStore store(folder);
    for (int64_t number = 1; number <= 12; ++number) {
      store.save("root", "root " + std::to_string(number) + std::string(3'000, 'r'));
      if (number == 5) store.set_kill_state("off");
      store.advance_trusted_time(number);
      disk.mark(static_cast<uint64_t>(number));
      if (number % 3 == 0) store.refresh_copy();
    }
  }
  cut_everywhere(disk, [&](const std::string& path, uint64_t promise) {
    const DataFolder after(path);
    TrustStore store(after);
    EXPECT_NE(store.opened(), TrustStore::Opened::kLost);
    EXPECT_GE(store.last_trusted_time_s(), static_cast<int64_t>(promise));
    EXPECT_LE(store.last_trusted_time_s(), static_cast<int64_t>(promise) + 1);
    if (promise == 0) return;
    const std::string root = store.load("root").value_or("");
    const std::string now = "root " + std::to_string(promise) + std::string(3'000, 'r');
    const std::string next = "root " + std::to_string(promise + 1) + std::string(3'000, 'r');
    EXPECT_TRUE(root == now || root == next) << root.substr(0, 20);
    if (promise >= 5) {
      EXPECT_EQ(store.kill_state(), "off");
    }
    store.save("root", "after");
    store.refresh_copy();
  });
}

using Lines = tests::RulesLines;

Lines lines_of(uint64_t version) {
  Lines lines;
  for (int i = 100; i < 160; ++i) {
    lines.emplace_back("rule/" + std::to_string(i),
                       std::to_string(version) + std::string(200, 'r'));
  }
  return lines;
}

void build(RulesFiles& files, uint64_t version) {
  RulesFileBuilder builder(files);
  for (const auto& [id, bytes] : lines_of(version)) builder.add(id, bytes);
  builder.publish(version, tests::hash_of(lines_of(version)));
}

// Every generation there is whole, and none is missing that was promised.
void expect_whole(const std::string& path, uint64_t promise) {
  const DataFolder after(path);
  const RulesFiles files(after, tests::new_simple_hasher);
  const std::vector<uint64_t> generations = files.generations();
  ASSERT_EQ(generations.empty() && promise > 0, false);
  EXPECT_GE(generations.empty() ? 0 : generations.front(), promise);
  for (const uint64_t generation : generations) {
    Lines found;
    const RulesFileHeader header = files.read(generation, tests::into(found));
    EXPECT_EQ(header.version, generation);
    EXPECT_EQ(found, lines_of(generation));
  }
}

TEST_F(PowerCut, A27_rules_are_old_or_new_and_whole) {
  const DataFolder folder(parent_.file("lane"));
  CrashDisk disk(folder.path());
  {
    RulesFiles files(folder, tests::new_simple_hasher);
    for (uint64_t version = 1; version <= 5; ++version) {
      build(files, version);
      disk.mark(version);
      files.keep_only({version, version - 1});
    }
  }
  cut_everywhere(disk, expect_whole);
}

TEST_F(PowerCut, A27_rules_that_take_the_older_files_place_are_old_or_new_and_whole) {
  const DataFolder folder(parent_.file("lane"));
  CrashDisk disk(folder.path());
  {
    RulesFiles files(folder, tests::new_simple_hasher);
    for (uint64_t version = 1; version <= 2; ++version) {
      build(files, version);
      disk.mark(version);
    }
    for (uint64_t version = 3; version <= 5; ++version) {
      RulesFileUpdate update(files, version - 2, RulesFileUpdate::Base::kTaken);
      for (const auto& [id, bytes] : lines_of(version)) update.put(id, bytes);
      update.publish(version, tests::hash_of(lines_of(version)));
      disk.mark(version);
    }
  }
  cut_everywhere(disk, expect_whole);
}

// The model itself can lose what was not synced, or none of the above would prove anything.
TEST_F(PowerCut, TheModelLosesAndTearsWhatWasNotSynced) {
  const DataFolder folder(parent_.file("lane"));
  CrashDisk disk(folder.path());
  const std::string old_text(8'192, 'a');
  write_file_atomically(folder.file("synced"), old_text);
  replace_file(folder.file("synced"), std::string(8'192, 'b'));
  std::set<std::string> found;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    disk.rebuild(disk.events(), seed, after_);
    found.insert(tests::read_text(after_ + "/synced"));
  }
  EXPECT_TRUE(found.contains(old_text));
  EXPECT_TRUE(found.contains(std::string(8'192, 'b')));
  EXPECT_GT(found.size(), 10u) << "torn ones";
}

}  // namespace
}  // namespace xsell::offline_cache

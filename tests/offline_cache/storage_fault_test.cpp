// Every call that changes a file fails once, at each step of what a lane does with its files.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "offline_cache/checksum.h"
#include "offline_cache/lane_store.h"
#include "offline_cache/rules_file.h"
#include "offline_cache/trust_store.h"
#include "tests/offline_cache/crash_disk.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/simple_hasher.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::CrashDisk;
using tests::TemporaryFolder;

// Lets the call with this number fail, and the ones after it until it is told to stop.
class FailFrom {
 public:
  FailFrom(CrashDisk& disk, size_t first, int error) : disk_(disk) {
    disk.set_fault([this, first, error](CrashDisk::Call, std::string_view) {
      const bool fails = is_broken_ && ++calls_ >= first;
      has_failed_ = has_failed_ || fails;
      return fails ? error : 0;
    });
  }
  ~FailFrom() { disk_.set_fault({}); }
  FailFrom(const FailFrom&) = delete;
  FailFrom& operator=(const FailFrom&) = delete;

  void mend() { is_broken_ = false; }
  bool has_failed() const { return has_failed_; }

 private:
  CrashDisk& disk_;
  size_t calls_ = 0;
  bool is_broken_ = true;
  bool has_failed_ = false;
};

constexpr int kErrors[] = {ENOSPC, EIO, EROFS};

// Does the step until it succeeds: when it fails the disk is mended, and it must succeed then.
void do_step(FailFrom& fault, const std::function<void()>& step) {
  try {
    step();
  } catch (const StorageError& error) {
    EXPECT_TRUE(fault.has_failed()) << error.what();
    EXPECT_NE(std::string(error.what()).find("lane"), std::string::npos) << error.what();
    fault.mend();
    step();
  }
}

std::unique_ptr<DataFolder> open_folder(const std::string& path, FailFrom& fault) {
  std::unique_ptr<DataFolder> folder;
  do_step(fault, [&] { folder = std::make_unique<DataFolder>(path); });
  return folder;
}

class StorageFault : public testing::TestWithParam<int> {
 protected:
  // Runs `work` with the first, second, third ... call failing, until none does any more.
  void fail_each_call(const std::function<void(const std::string& folder, FailFrom&)>& work) {
    bool has_failed = true;
    size_t runs = 0;
    for (size_t first = 1; has_failed && !HasFailure(); ++first, ++runs) {
      SCOPED_TRACE(std::string(std::strerror(GetParam())) + " from call " + std::to_string(first));
      const tests::InMemory in_memory;
      const TemporaryFolder parent;
      const std::string folder = parent.file("lane");
      std::filesystem::create_directory(folder);
      CrashDisk disk(folder);
      FailFrom fault(disk, first, GetParam());
      work(folder, fault);
      has_failed = fault.has_failed();
    }
    EXPECT_GT(runs, 15u) << "hardly anything could fail";
    RecordProperty("calls", static_cast<int>(runs));
  }
};

TEST_P(StorageFault, A28_no_outcome_is_lost_or_doubled) {
  fail_each_call([](const std::string& path, FailFrom& fault) {
    const std::unique_ptr<DataFolder> opened = open_folder(path, fault);
    const DataFolder& folder = *opened;
    const LaneStore::Options options{
        .new_epoch = [] { return uint64_t{5}; }, .digest = checksum, .reserve_bytes = 0};
    std::vector<std::string> expected;
    {
      std::unique_ptr<LaneStore> store;
      do_step(fault, [&] { store = std::make_unique<LaneStore>(folder, options); });
      for (int group = 0; group < 6; ++group) {
        const std::string bytes = "outcome " + std::to_string(group) + std::string(700, 'x');
        const OutboxRecord record{LossClass::kOutcome, 1, bytes};
        do_step(fault, [&] { store->commit(std::vector<OutboxRecord>(3, record), "pacing"); });
        expected.insert(expected.end(), 3, bytes);
        if (group == 3) do_step(fault, [&] { store->ack_through(5, 4); });
      }
      do_step(fault, [&] { store->reject(5, 6, "poison"); });
    }
    fault.mend();
    LaneStore store(folder, options);
    EXPECT_FALSE(store.set_aside_as());
    EXPECT_EQ(store.next_sequence(), 19u);
    EXPECT_EQ(store.pacing(), "pacing");
    const PendingBatch batch = store.pending(1000, 1'000'000);
    ASSERT_EQ(batch.records.size(), 14u);
    for (const PendingRecord& record : batch.records) {
      if (record.first_sequence == 6) {
        EXPECT_TRUE(record.is_tombstone);
      } else {
        EXPECT_EQ(record.bytes, expected[record.first_sequence - 1]);
      }
    }
  });
}

TEST_P(StorageFault, A28_trust_is_never_lower) {
  fail_each_call([](const std::string& path, FailFrom& fault) {
    const std::unique_ptr<DataFolder> opened = open_folder(path, fault);
    const DataFolder& folder = *opened;
    {
      std::unique_ptr<TrustStore> store;
      do_step(fault, [&] { store = std::make_unique<TrustStore>(folder); });
      for (int64_t number = 1; number <= 3; ++number) {
        do_step(fault, [&] { store->save("root", "root " + std::to_string(number)); });
        do_step(fault, [&] { store->advance_trusted_time(number); });
        do_step(fault, [&] { store->refresh_copy(); });
      }
    }
    fault.mend();
    for (const bool is_from_copy : {false, true}) {
      if (is_from_copy) tests::write_text(folder.file("trust.db"), std::string(9'000, 'z'));
      const TrustStore store(folder);
      EXPECT_EQ(store.opened() == TrustStore::Opened::kFromCopy, is_from_copy);
      EXPECT_EQ(store.last_trusted_time_s(), 3);
      EXPECT_EQ(store.load("root"), "root 3");
    }
  });
}

TEST_P(StorageFault, A28_a_rule_set_is_there_whole_or_not_at_all) {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  Lines lines;
  for (int i = 100; i < 140; ++i)
    lines.emplace_back("rule/" + std::to_string(i), std::string(200, 'r'));
  fail_each_call([&](const std::string& path, FailFrom& fault) {
    const std::unique_ptr<DataFolder> opened = open_folder(path, fault);
    const DataFolder& folder = *opened;
    RulesFiles files(folder, tests::new_simple_hasher);
    for (uint64_t version = 1; version <= 2; ++version) {
      do_step(fault, [&] {
        RulesFileBuilder builder(files);
        for (const auto& [id, bytes] : lines) builder.add(id, bytes);
        builder.publish(version, tests::hash_of(lines));
      });
    }
    fault.mend();
    const RulesFiles after(folder, tests::new_simple_hasher);
    ASSERT_FALSE(after.generations().empty());
    uint64_t newest = 0;
    for (const uint64_t generation : after.generations()) {
      tests::RulesLines found;
      newest = std::max(newest, after.read(generation, tests::into(found)).version);
      EXPECT_EQ(found.size(), lines.size());
    }
    EXPECT_EQ(newest, 2u);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_EQ(entry.path().string().find(".part"), std::string::npos) << entry.path();
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Errors, StorageFault, testing::ValuesIn(kErrors),
                         [](const auto& error) -> std::string {
                           return error.param == ENOSPC ? "ENOSPC"
                                  : error.param == EIO  ? "EIO"
                                                        : "EROFS";
                         });

}  // namespace
}  // namespace xsell::offline_cache

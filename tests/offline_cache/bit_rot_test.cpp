// Bits that flip anywhere in the lane's files: what is handed out is what was stored, or nothing.
#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <set>

#include "offline_cache/lane_store.h"
#include "offline_cache/trust_store.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;

class BitRot : public testing::Test {
 protected:
  // A copy of `whole` with one bit flipped.
  std::string flipped(std::string whole) {
    const size_t at = random_() % whole.size();
    whole[at] = static_cast<char>(whole[at] ^ (1 << random_() % 8));
    return whole;
  }

  const tests::InMemory in_memory_;
  TemporaryFolder parent_;
  DataFolder folder_{parent_.file("lane")};
  std::mt19937_64 random_{static_cast<uint64_t>(testing::UnitTest::GetInstance()->random_seed())};
};

TEST_F(BitRot, A29_the_outbox_never_hands_out_an_outcome_that_was_not_recorded) {
  const LaneStore::Options options{.new_epoch = [] { return uint64_t{5}; }, .reserve_bytes = 0};
  const std::string path = folder_.file("lane.db");
  std::set<std::string> recorded;
  {
    LaneStore store(folder_, options);
    for (uint64_t i = 1; i <= 60; ++i) {
      const std::string bytes = "outcome " + std::to_string(i) + std::string(400, 'x');
      recorded.insert(bytes);
      store.commit(std::vector<OutboxRecord>{{LossClass::kOutcome, i, bytes}}, "pacing");
    }
  }
  const std::string whole = tests::read_text(path);
  int set_aside = 0;
  int entombed = 0;
  for (int flip = 0; flip < 300; ++flip) {
    tests::write_text(path, flipped(whole));
    {
      LaneStore store(folder_, options);
      if (store.set_aside_as()) ++set_aside;
      for (const PendingRecord& record : store.pending(1'000, 10'000'000).records) {
        if (record.is_tombstone) ++entombed;
        EXPECT_TRUE(record.is_tombstone || recorded.contains(record.bytes)) << record.bytes;
      }
      const std::string pacing = store.pacing().value_or("pacing");
      EXPECT_EQ(pacing, "pacing");
      store.commit(std::vector<OutboxRecord>{{LossClass::kOutcome, 99, "goes on"}});
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().string().find("lane.db") != std::string::npos) {
        std::filesystem::remove(entry.path());
      }
    }
  }
  std::cout << set_aside << " set aside, " << entombed << " entombed of 300\n";
  EXPECT_GT(entombed, 100) << "most bits lie in outcomes";
}

TEST_F(BitRot, A29_trust_is_what_was_stored_or_comes_from_the_copy) {
  const std::string path = folder_.file("trust.db");
  const std::string root = "root" + std::string(9'000, 'r');
  {
    TrustStore store(folder_);
    store.save("root", root);
    store.advance_trusted_time(77);
    store.refresh_copy();
  }
  const std::string whole = tests::read_text(path);
  const std::string copy = tests::read_text(path + ".copy");
  int from_copy = 0;
  for (int flip = 0; flip < 300; ++flip) {
    tests::write_text(path, flipped(whole));
    tests::write_text(path + ".copy", copy);
    {
      const TrustStore store(folder_);
      if (store.opened() == TrustStore::Opened::kFromCopy) ++from_copy;
      EXPECT_EQ(store.load("root"), root);
      EXPECT_EQ(store.last_trusted_time_s(), 77);
    }
    std::filesystem::remove(path + "-wal");
  }
  std::cout << from_copy << " of 300 from the copy\n";
  EXPECT_GT(from_copy, 60);  // some 115, give or take 9
}

}  // namespace
}  // namespace xsell::offline_cache

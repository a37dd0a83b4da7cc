#include "offline_cache/trust_store.h"

#include <gtest/gtest.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;
using Opened = TrustStore::Opened;

class TrustStoreTest : public testing::Test {
 protected:
  TemporaryFolder parent_;
  DataFolder folder_{parent_.file("lane")};
  const std::string path_ = folder_.file("trust.db");
  const std::string copy_ = folder_.file("trust.db.copy");
};

TEST_F(TrustStoreTest, KeepsExactBytesByName) {
  const std::string bytes("{\"signed\":\0}", 12);
  {
    TrustStore store(folder_);
    EXPECT_EQ(store.opened(), Opened::kNew);
    store.save("root", "old");
    store.save("root", bytes);
    store.save("timestamp", "t");
    store.erase("timestamp");
  }
  const TrustStore store(folder_);
  EXPECT_EQ(store.opened(), Opened::kWhole);
  EXPECT_EQ(store.load("root"), bytes);
  EXPECT_EQ(store.load("timestamp"), std::nullopt);
}

TEST_F(TrustStoreTest, TrustedTimeNeverGoesBack) {
  TrustStore store(folder_);
  EXPECT_EQ(store.last_trusted_time_s(), 0);
  store.advance_trusted_time(2'000'000'000'000);
  store.advance_trusted_time(5);
  EXPECT_EQ(store.last_trusted_time_s(), 2'000'000'000'000);
}

TEST_F(TrustStoreTest, KillStateIsSticky) {
  { TrustStore(folder_).set_kill_state("{\"scope\":\"all\"}"); }
  TrustStore store(folder_);
  EXPECT_EQ(store.kill_state(), "{\"scope\":\"all\"}");
  store.clear_kill_state();
  EXPECT_EQ(store.kill_state(), std::nullopt);
}

TEST_F(TrustStoreTest, CountsUnfinishedStartsAndPinsBadGenerations) {
  TrustStore store(folder_);
  EXPECT_EQ(store.count_start(4), 1);
  EXPECT_EQ(store.count_start(4), 2);
  store.clear_starts(4);
  EXPECT_EQ(store.count_start(4), 1);
  store.take_back_start(4);
  EXPECT_EQ(store.count_start(4), 1);
}

TEST_F(TrustStoreTest, PinsLastUntilTheyAreLifted) {
  {
    TrustStore store(folder_);
    store.count_start(3);
    store.pin({.version = 10, .reason = "three starts", .plugin_version = "1", .since_s = 5});
    store.pin({.version = 10, .reason = "four", .plugin_version = "2", .since_s = 6});
  }
  TrustStore store(folder_);
  ASSERT_EQ(store.pinned().size(), 1u);
  EXPECT_EQ(store.pinned()[0].version, 10u);
  EXPECT_EQ(store.pinned()[0].reason, "four");
  EXPECT_EQ(store.pinned()[0].plugin_version, "2");
  EXPECT_EQ(store.pinned()[0].since_s, 6);
  store.lift_pins();
  EXPECT_TRUE(store.pinned().empty());
  EXPECT_EQ(store.count_start(3), 1);
}

TEST_F(TrustStoreTest, FallsBackToItsCopy) {
  {
    TrustStore store(folder_);
    store.save("root", "the trusted root");
    store.refresh_copy();
  }
  for (const char* damage : {"bit", "garbage", "empty", "gone"}) {
    if (damage == std::string("bit")) {
      ASSERT_TRUE(tests::flip_bit_at(path_, "the trusted root"));
    }
    if (damage == std::string("garbage")) tests::write_text(path_, std::string(5000, 'q'));
    if (damage == std::string("empty")) tests::write_text(path_, "");
    if (damage == std::string("gone")) std::filesystem::remove(path_);
    const TrustStore store(folder_);
    EXPECT_EQ(store.opened(), Opened::kFromCopy) << damage;
    EXPECT_EQ(store.load("root"), "the trusted root") << damage;
  }
}

TEST_F(TrustStoreTest, WithoutAWholeCopyItSaysThatTrustIsLost) {
  {
    TrustStore store(folder_);
    store.save("root", "the trusted root");
    store.refresh_copy();
  }
  ASSERT_TRUE(tests::flip_bit_at(path_, "the trusted root"));
  ASSERT_TRUE(tests::flip_bit_at(copy_, "the trusted root"));
  TrustStore store(folder_);
  EXPECT_EQ(store.opened(), Opened::kLost);
  EXPECT_EQ(store.load("root"), std::nullopt);
  store.save("root", "enrolled again");
  store.refresh_copy();
}

TEST_F(TrustStoreTest, TheCopyFollowsAfterACrashBetweenCommitAndCopy) {
  {
    TrustStore store(folder_);
    store.save("root", "root 1");
    store.refresh_copy();
    store.save("root", "root 2");
  }
  { TrustStore(folder_).refresh_copy(); }
  std::filesystem::remove(path_);
  EXPECT_EQ(TrustStore(folder_).load("root"), "root 2");
}

}  // namespace
}  // namespace xsell::offline_cache

#include "plugin/start_guard.h"

#include <gtest/gtest.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::plugin {
namespace {

constexpr uint64_t kGeneration = 4;
constexpr uint64_t kVersion = 9;
constexpr int64_t kMinute_ms = 60'000;

class StartGuardTest : public testing::Test {
 protected:
  // The till ends without a word, whatever was under way.
  bool start() {
    guard_ = std::make_unique<StartGuard>(trust_);
    return guard_->begin(kGeneration, kVersion);
  }
  void idle_for(int64_t time_ms) {
    guard_->watch(0, 0, 1'000);
    guard_->watch(0, 0, 1'000 + time_ms);
  }
  void begin_sale() { guard_->watch(kVersion, 0, 70'000); }
  void end_sale() { guard_->watch(kVersion, kVersion, 80'000); }
  void three_crashes() {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(start());
      begin_sale();
    }
  }

  tests::TemporaryFolder parent_;
  offline_cache::DataFolder folder_{parent_.file("lane")};
  offline_cache::TrustStore trust_{folder_};
  std::unique_ptr<StartGuard> guard_;
};

TEST_F(StartGuardTest, A35_the_fourth_start_after_three_crashes_is_refused) {
  three_crashes();
  EXPECT_FALSE(start());
}

TEST_F(StartGuardTest, ASaleThatWentThroughClearsAll) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(start());
    begin_sale();
  }
  ASSERT_TRUE(start());
  begin_sale();
  end_sale();
  three_crashes();
  EXPECT_FALSE(start());
}

TEST_F(StartGuardTest, AnOrderlyStopCostsNoTryAndForgivesNone) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(start());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(start());
    begin_sale();
    guard_->end();
  }
  ASSERT_TRUE(start());
  EXPECT_FALSE(start());
}

TEST_F(StartGuardTest, ATillThatIsSwitchedOffWithoutASaleCostsNoTry) {
  for (int day = 0; day < 10; ++day) {
    ASSERT_TRUE(start());
    idle_for(kMinute_ms);
  }
}

TEST_F(StartGuardTest, ATillThatGoesDownAtItsFirstSaleAfterALongWhileIsFound) {
  for (int day = 0; day < 3; ++day) {
    ASSERT_TRUE(start());
    idle_for(kMinute_ms);
    begin_sale();
  }
  EXPECT_FALSE(start());
}

TEST_F(StartGuardTest, AQuickCrashLoopIsFoundWithoutAnyEvent) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(start());
    idle_for(kMinute_ms - 1);
  }
  EXPECT_FALSE(start());
}

TEST_F(StartGuardTest, RulesThatARunningLaneTakesUpAreGuardedFromTheirFirstEventOn) {
  ASSERT_TRUE(start());
  end_sale();
  for (int i = 0; i < 3; ++i) {
    guard_ = std::make_unique<StartGuard>(trust_);
    guard_->hand_over(5, 10);
    guard_->watch(kVersion, kVersion, 0);
    guard_->watch(10, kVersion, 0);
  }
  guard_ = std::make_unique<StartGuard>(trust_);
  EXPECT_FALSE(guard_->begin(5, 10));
  EXPECT_TRUE(start());
}

}  // namespace
}  // namespace xsell::plugin

#include "sync/release_watcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace xsell::sync {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;

// Runs a watcher under a virtual clock; refreshes succeed at once unless told otherwise.
class ReleaseWatcherTest : public ::testing::Test {
 protected:
  struct Done {
    std::int64_t at_ms;
    WatchAction action;
  };

  void start(std::uint64_t held = 1) {
    head_ = held;
    watcher_.on_start(now_ms_, held);
    settle();
  }

  void settle() {
    for (;;) {
      const WatchStep step = watcher_.next(now_ms_);
      if (step.action == WatchAction::kNone) {
        wake_ms_ = step.wake_at_ms;
        ASSERT_GT(wake_ms_, now_ms_);
        return;
      }
      done_.push_back({now_ms_, step.action});
      if (step.action == WatchAction::kRefresh && is_answering_)
        watcher_.on_refreshed(now_ms_, result());
    }
  }

  RefreshResult result() const {
    RefreshResult result = failure_;
    result.version = head_;
    return result;
  }

  // Advances to `until`, with a heartbeat every 25 s while the stream is live and not held back.
  void run_until(std::int64_t until_ms) {
    while (now_ms_ < until_ms) {
      std::int64_t next_ms = std::min(until_ms, wake_ms_);
      if (has_heartbeats_ && watcher_.is_push_live()) next_ms = std::min(next_ms, next_beat_ms_);
      now_ms_ = std::max(next_ms, now_ms_);
      if (now_ms_ >= next_beat_ms_) {
        next_beat_ms_ = now_ms_ + 25 * kSecond;
        if (has_heartbeats_) watcher_.on_stream_bytes(now_ms_);
      }
      settle();
    }
  }

  void open_stream() {
    watcher_.on_stream_open(now_ms_);
    next_beat_ms_ = now_ms_ + 25 * kSecond;
    settle();
  }

  std::vector<std::int64_t> times(WatchAction action) const {
    std::vector<std::int64_t> times;
    for (const Done& done : done_) {
      if (done.action == action) times.push_back(done.at_ms);
    }
    return times;
  }

  std::int64_t now_ms_ = 1'000'000;
  std::int64_t wake_ms_ = 0;
  std::int64_t next_beat_ms_ = 0;
  bool has_heartbeats_ = true;
  bool is_answering_ = true;
  std::uint64_t head_ = 1;
  std::int64_t draw_percent_ = 0;
  RefreshResult failure_;
  std::vector<Done> done_;
  ReleaseWatcher watcher_{WatchSettings{},
                          [this](std::int64_t bound) { return bound * draw_percent_ / 100; }};
};

TEST_F(ReleaseWatcherTest, opens_the_stream_and_refreshes_at_start) {
  start();
  EXPECT_EQ(times(WatchAction::kOpenStream), std::vector{now_ms_});
  EXPECT_EQ(times(WatchAction::kRefresh), std::vector{now_ms_});
  EXPECT_TRUE(watcher_.is_online());
}

TEST_F(ReleaseWatcherTest, refreshes_at_once_on_a_head_that_it_does_not_hold) {
  start(1);
  open_stream();
  done_.clear();
  now_ms_ += 5 * kSecond;
  head_ = 2;
  watcher_.on_head(now_ms_, 2, 0);
  settle();
  EXPECT_EQ(times(WatchAction::kRefresh), std::vector{now_ms_});
}

TEST_F(ReleaseWatcherTest, ignores_a_head_that_it_holds) {
  start(7);
  open_stream();
  done_.clear();
  for (int i = 0; i < 10'000; ++i) watcher_.on_head(now_ms_, 7, 0);
  settle();
  EXPECT_TRUE(done_.empty());
}

TEST_F(ReleaseWatcherTest, spreads_the_refresh_as_the_head_asks) {
  start(1);
  open_stream();
  done_.clear();
  draw_percent_ = 50;
  head_ = 2;
  watcher_.on_head(now_ms_, 2, 20 * kSecond);
  draw_percent_ = 10;
  watcher_.on_head(now_ms_, 2, 20 * kSecond);  // told again: no second draw
  const std::int64_t told_ms = now_ms_;
  settle();
  EXPECT_TRUE(done_.empty());
  run_until(told_ms + 30 * kSecond);
  EXPECT_EQ(times(WatchAction::kRefresh), std::vector{told_ms + 10 * kSecond});
}

TEST_F(ReleaseWatcherTest, A24_forged_hints_cost_at_most_one_refresh_a_minute) {
  start(1);
  open_stream();
  run_until(now_ms_ + 2 * kMinute);
  done_.clear();
  const std::int64_t from_ms = now_ms_;
  for (std::uint64_t i = 0; i < 600; ++i) {  // ten minutes, one hint a second
    watcher_.on_head(now_ms_, 1000 + i, 0);
    settle();
    run_until(now_ms_ + kSecond);
  }
  const auto refreshes = times(WatchAction::kRefresh);
  EXPECT_LE(refreshes.size(), 11U);
  for (std::size_t i = 1; i < refreshes.size(); ++i)
    EXPECT_GE(refreshes[i] - refreshes[i - 1], kMinute) << i;
  EXPECT_GE(refreshes.front(), from_ms);
}

TEST_F(ReleaseWatcherTest, A23_a_flood_of_hints_becomes_one_refresh) {
  start(1);
  open_stream();
  done_.clear();
  head_ = 10'000;
  for (std::uint64_t version = 2; version <= 10'000; ++version)
    watcher_.on_head(now_ms_, version, 0);
  settle();
  EXPECT_EQ(times(WatchAction::kRefresh).size(), 1U);
}

TEST_F(ReleaseWatcherTest, refreshes_again_for_a_head_that_came_during_a_refresh) {
  start(1);
  open_stream();
  done_.clear();
  is_answering_ = false;
  watcher_.on_head(now_ms_, 2, 0);
  settle();
  watcher_.on_head(now_ms_, 3, 0);
  settle();
  EXPECT_EQ(times(WatchAction::kRefresh).size(), 1U);
  head_ = 2;
  watcher_.on_refreshed(now_ms_, result());
  head_ = 3;
  is_answering_ = true;
  settle();
  EXPECT_EQ(times(WatchAction::kRefresh).size(), 2U);
}

TEST_F(ReleaseWatcherTest,
       A22_polls_every_minute_after_75_s_of_silence_and_tries_the_stream_hourly) {
  start(1);
  open_stream();
  has_heartbeats_ = false;
  done_.clear();
  const std::int64_t silent_from_ms = now_ms_;
  run_until(now_ms_ + 62 * kMinute);
  EXPECT_EQ(times(WatchAction::kCloseStream), std::vector{silent_from_ms + 75 * kSecond});
  EXPECT_EQ(times(WatchAction::kOpenStream),
            std::vector{silent_from_ms + 75 * kSecond + 60 * kMinute});
  const auto refreshes = times(WatchAction::kRefresh);
  ASSERT_GE(refreshes.size(), 59U);
  const auto first = std::find(refreshes.begin(), refreshes.end(), silent_from_ms + 75 * kSecond);
  ASSERT_NE(first, refreshes.end());
  for (auto at = first + 1; at != refreshes.end(); ++at) EXPECT_LE(*at - *(at - 1), kMinute);
}

TEST_F(ReleaseWatcherTest, where_there_is_no_stream_it_polls_and_looks_again_hourly) {
  for (const int status : {204, 404, 405, 501}) {
    start(1);
    done_.clear();
    watcher_.on_stream_end(now_ms_, NetError::kStatus, status, {});
    const std::int64_t from_ms = now_ms_;
    run_until(now_ms_ + 61 * kMinute);
    EXPECT_EQ(times(WatchAction::kOpenStream), std::vector{from_ms + 60 * kMinute}) << status;
    EXPECT_GE(times(WatchAction::kRefresh).size(), 59U) << status;
  }
}

TEST_F(ReleaseWatcherTest, polls_seldom_while_the_stream_lives) {
  start(1);
  open_stream();
  run_until(now_ms_ + 5 * kMinute);
  done_.clear();
  run_until(now_ms_ + 60 * kMinute);
  EXPECT_GE(times(WatchAction::kRefresh).size(), 3U);
  EXPECT_LE(times(WatchAction::kRefresh).size(), 5U);
  EXPECT_TRUE(times(WatchAction::kOpenStream).empty());
}

TEST_F(ReleaseWatcherTest, backs_off_with_growing_waits_up_to_the_cap) {
  failure_.error = NetError::kRefused;
  draw_percent_ = 100;
  start();
  run_until(now_ms_ + 60 * kMinute);
  const auto refreshes = times(WatchAction::kRefresh);
  ASSERT_GE(refreshes.size(), 12U);
  EXPECT_EQ(refreshes[1] - refreshes[0], 2 * kSecond);
  EXPECT_EQ(refreshes[2] - refreshes[1], 3 * kSecond);
  EXPECT_EQ(refreshes[3] - refreshes[2], 5 * kSecond);
  EXPECT_EQ(refreshes.back() - refreshes[refreshes.size() - 2], 5 * kMinute + kSecond);
  EXPECT_FALSE(watcher_.is_online());
}

TEST_F(ReleaseWatcherTest, never_retries_within_a_second) {
  failure_.error = NetError::kRefused;
  draw_percent_ = 0;
  start();
  run_until(now_ms_ + kMinute);
  const auto refreshes = times(WatchAction::kRefresh);
  for (std::size_t i = 1; i < refreshes.size(); ++i)
    EXPECT_GE(refreshes[i] - refreshes[i - 1], kSecond);
}

TEST_F(ReleaseWatcherTest, honours_retry_after) {
  failure_.error = NetError::kStatus;
  failure_.status = 503;
  failure_.retry_after_ms = 120 * kSecond;
  start();
  const std::int64_t failed_ms = now_ms_;
  run_until(now_ms_ + 5 * kMinute);
  ASSERT_GE(times(WatchAction::kRefresh).size(), 2U);
  EXPECT_GE(times(WatchAction::kRefresh)[1], failed_ms + 120 * kSecond);
}

TEST_F(ReleaseWatcherTest, goes_to_the_slow_lane_when_denied_but_never_gives_up) {
  failure_.error = NetError::kStatus;
  failure_.status = 403;
  start();
  run_until(now_ms_ + 60 * kMinute);
  const auto refreshes = times(WatchAction::kRefresh);
  ASSERT_GE(refreshes.size(), 4U);
  for (std::size_t i = 1; i < refreshes.size(); ++i)
    EXPECT_GE(refreshes[i] - refreshes[i - 1], 15 * kMinute);
}

TEST_F(ReleaseWatcherTest, the_stream_backs_off_too_and_forgets_after_a_minute_of_health) {
  draw_percent_ = 100;
  start();
  std::vector<std::int64_t> waits;
  const auto fail_stream = [&] {
    const std::int64_t ended_ms = now_ms_;
    watcher_.on_stream_end(now_ms_, NetError::kClosed, 0, {});
    settle();
    done_.clear();
    while (times(WatchAction::kOpenStream).empty()) run_until(wake_ms_);
    waits.push_back(times(WatchAction::kOpenStream).back() - ended_ms);
  };
  for (int i = 0; i < 4; ++i) fail_stream();
  EXPECT_EQ(waits, (std::vector<std::int64_t>{2 * kSecond, 3 * kSecond, 5 * kSecond, 9 * kSecond}));
  open_stream();
  run_until(now_ms_ + 10 * kSecond);
  fail_stream();  // too short a health
  EXPECT_EQ(waits.back(), 17 * kSecond);
  open_stream();
  run_until(now_ms_ + 61 * kSecond);
  fail_stream();
  EXPECT_EQ(waits.back(), 2 * kSecond);
}

// HQ is gone for three minutes, and all lanes notice in the same millisecond.
TEST(ReleaseWatcherFleet, A25_a_hundred_thousand_lanes_come_back_spread_over_the_window) {
  constexpr int kLanes = 100'000;
  constexpr std::int64_t kBack_ms = 3 * kMinute;
  constexpr std::int64_t kEnd_ms = kBack_ms + 302 * kSecond;
  std::vector<int> arrivals(kEnd_ms / 1000 + 1);  // attempts of any kind, by second
  int came_back = 0;
  std::int64_t nearest_ms = kEnd_ms;
  for (int lane = 0; lane < kLanes; ++lane) {
    std::uint64_t state = 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(lane + 1);
    ReleaseWatcher watcher({}, [&state](std::int64_t bound) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      return static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(bound + 1));
    });
    // It has run well for an hour: the stream stands and nothing is due.
    std::int64_t now_ms = -kMinute * 60;
    watcher.on_start(now_ms, 1);
    watcher.next(now_ms);
    watcher.on_stream_open(now_ms);
    watcher.next(now_ms);
    watcher.on_refreshed(now_ms, {.version = 1});
    now_ms = 0;
    watcher.on_stream_bytes(now_ms);
    watcher.on_stream_end(now_ms, NetError::kClosed, 0, {});
    std::int64_t last_open_ms = -kMinute;
    bool is_back = false;
    while (now_ms < kEnd_ms && !is_back) {
      const WatchStep step = watcher.next(now_ms);
      if (step.action == WatchAction::kNone) {
        now_ms = step.wake_at_ms;
        continue;
      }
      ++arrivals[static_cast<std::size_t>(now_ms / 1000)];
      if (step.action == WatchAction::kRefresh) {
        watcher.on_refreshed(now_ms, now_ms < kBack_ms ? RefreshResult{.error = NetError::kRefused}
                                                       : RefreshResult{.version = 1});
      } else {
        ASSERT_EQ(step.action, WatchAction::kOpenStream);
        if (last_open_ms >= 0) nearest_ms = std::min(nearest_ms, now_ms - last_open_ms);
        last_open_ms = now_ms;
        is_back = now_ms >= kBack_ms;
        if (is_back) {
          watcher.on_stream_open(now_ms);
        } else {
          watcher.on_stream_end(now_ms, NetError::kRefused, 0, {});
        }
      }
    }
    came_back += is_back ? 1 : 0;
  }
  EXPECT_EQ(came_back, kLanes) << "within one window of the longest wait";
  EXPECT_GE(nearest_ms, kSecond) << "no lane tries twice within a second";
  // Once HQ is back, no second takes more than a small part of the fleet.
  const int most = *std::max_element(arrivals.begin() + kBack_ms / 1000, arrivals.end());
  EXPECT_LT(most, kLanes / 30);
}

}  // namespace
}  // namespace xsell::sync

// When to open the stream, when to poll and when to refresh: the lane's side of the push as a pure
// state machine. The stream is a hint and is never trusted; the worst a false hint can do is one
// refresh a minute. Threads: none of its own. Units: monotonic milliseconds, brought by the caller.
#ifndef XSELL_SYNC_RELEASE_WATCHER_H_
#define XSELL_SYNC_RELEASE_WATCHER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "sync/backoff.h"
#include "sync/limits.h"
#include "sync/net_error.h"

namespace xsell::sync {

struct WatchSettings {
  std::int64_t silence_ms = limits::kStreamSilence_ms;  // no heartbeat for so long: the stream is
                                                        // held back somewhere, poll
  std::int64_t poll_ms = limits::kPollInterval_ms;      // while there is no live stream
  std::int64_t safety_poll_ms =
      limits::kSafetyPollInterval_ms;  // even with a live stream; jittered by a tenth
  std::int64_t stream_retry_ms =
      limits::kStreamRetry_ms;  // a stream that is held back or not offered is tried so often
  std::int64_t false_hint_ms = limits::kFalseHintPause_ms;  // after a hint that brought nothing
                                                            // new, the next counts only then
  BackoffSettings backoff;
};

enum class WatchAction : std::uint8_t { kNone, kOpenStream, kCloseStream, kRefresh };

struct WatchStep {
  WatchAction action = WatchAction::kNone;
  std::int64_t wake_at_ms = 0;  // with kNone: ask again then, or after the next on_...()
};

struct RefreshResult {
  NetError error =
      NetError::kNone;  // of the transfer; an untrusted release is not a failure of the network
  int status = 0;
  std::optional<std::int64_t> retry_after_ms{};
  std::uint64_t version = 0;  // of HQ's head as the lane knows it now: the number that hints give
};

class ReleaseWatcher {
 public:
  ReleaseWatcher(WatchSettings settings, Dice dice);

  // What to do now; call until it says kNone. Each action is told once and must be answered by the
  // on_...() for it.
  WatchStep next(std::int64_t now_ms);

  void on_start(std::int64_t now_ms, std::uint64_t held_version);
  void on_stream_open(std::int64_t now_ms);
  void on_stream_bytes(std::int64_t now_ms);
  void on_stream_end(std::int64_t now_ms, NetError error, int status,
                     std::optional<std::int64_t> retry_after_ms);
  void on_head(std::int64_t now_ms, std::uint64_t version, std::int64_t spread_ms);
  void on_refreshed(std::int64_t now_ms, const RefreshResult& result);

  bool is_push_live() const { return stream_ == Stream::kLive; }
  bool is_polling() const { return stream_ != Stream::kLive; }
  bool is_online() const { return is_online_; }  // the last contact, by either way, went well

 private:
  enum class Stream : std::uint8_t { kClosed, kOpening, kLive };

  void plan_refresh(std::int64_t at_ms);

  const WatchSettings settings_;
  const Dice dice_;
  Backoff stream_backoff_;
  Backoff refresh_backoff_;

  Stream stream_ = Stream::kClosed;
  std::int64_t open_at_ms_ = 0;     // when kClosed
  std::int64_t last_bytes_ms_ = 0;  // when kOpening or kLive
  std::int64_t refresh_at_ms_ = 0;
  std::int64_t not_before_ms_ = 0;  // of a refresh: backoff after failures
  std::int64_t hints_from_ms_ = 0;  // hints before this wait until then
  std::uint64_t held_version_ = 0;
  std::optional<std::uint64_t> hinted_version_;  // a hint that no refresh has settled yet
  bool is_refreshing_ = false;
  bool is_hinted_refresh_ = false;  // there was a hint when the refresh that runs began
  bool is_online_ = false;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_RELEASE_WATCHER_H_

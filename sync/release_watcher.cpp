#include "sync/release_watcher.h"

#include <algorithm>
#include <utility>

namespace xsell::sync {
namespace {

constexpr std::int64_t kLongestSpread_ms = 60 * 60'000;

bool is_denial(int status) { return status == 401 || status == 403; }

// The server is there and has no stream for us: static hosting, or 204, which says so in words.
bool has_no_stream(int status) {
  return status == 204 || status == 404 || status == 405 || status == 410 || status == 501;
}

}  // namespace

ReleaseWatcher::ReleaseWatcher(WatchSettings settings, Dice dice)
    : settings_(settings),
      dice_(std::move(dice)),
      stream_backoff_(settings.backoff, dice_),
      refresh_backoff_(settings.backoff, dice_) {}

void ReleaseWatcher::on_start(std::int64_t now_ms, std::uint64_t held_version) {
  stream_ = Stream::kClosed;
  open_at_ms_ = now_ms;
  refresh_at_ms_ = now_ms;
  not_before_ms_ = now_ms;
  hints_from_ms_ = now_ms;
  held_version_ = held_version;
  hinted_version_.reset();
  is_refreshing_ = false;
  is_online_ = false;
}

WatchStep ReleaseWatcher::next(std::int64_t now_ms) {
  if (stream_ == Stream::kLive && now_ms - last_bytes_ms_ >= settings_.silence_ms) {
    stream_ = Stream::kClosed;
    open_at_ms_ = now_ms + settings_.stream_retry_ms + dice_(settings_.stream_retry_ms / 10);
    plan_refresh(now_ms);
    return {WatchAction::kCloseStream, now_ms};
  }
  if (stream_ == Stream::kClosed && now_ms >= open_at_ms_) {
    stream_ = Stream::kOpening;
    return {WatchAction::kOpenStream, now_ms};
  }
  const std::int64_t refresh_due_ms = std::max(refresh_at_ms_, not_before_ms_);
  if (!is_refreshing_ && now_ms >= refresh_due_ms) {
    is_refreshing_ = true;
    is_hinted_refresh_ = hinted_version_.has_value();
    return {WatchAction::kRefresh, now_ms};
  }

  std::int64_t wake_ms = now_ms + settings_.safety_poll_ms;
  if (!is_refreshing_) wake_ms = std::min(wake_ms, refresh_due_ms);
  if (stream_ == Stream::kClosed) wake_ms = std::min(wake_ms, open_at_ms_);
  if (stream_ == Stream::kLive) wake_ms = std::min(wake_ms, last_bytes_ms_ + settings_.silence_ms);
  return {WatchAction::kNone, wake_ms};
}

void ReleaseWatcher::on_stream_open(std::int64_t now_ms) {
  stream_ = Stream::kLive;
  last_bytes_ms_ = now_ms;
  is_online_ = true;
  stream_backoff_.on_healthy(now_ms);
}

void ReleaseWatcher::on_stream_bytes(std::int64_t now_ms) {
  if (stream_ != Stream::kLive) return;
  last_bytes_ms_ = now_ms;
  stream_backoff_.on_healthy(now_ms);
}

void ReleaseWatcher::on_stream_end(std::int64_t now_ms, NetError, int status,
                                   std::optional<std::int64_t> retry_after_ms) {
  stream_ = Stream::kClosed;
  is_online_ = false;
  stream_backoff_.on_unhealthy(now_ms);
  if (has_no_stream(status)) {
    open_at_ms_ = now_ms + settings_.stream_retry_ms + dice_(settings_.stream_retry_ms / 10);
  } else {
    open_at_ms_ = now_ms + (is_denial(status) ? stream_backoff_.after_denial()
                                              : stream_backoff_.after_failure(retry_after_ms));
  }
  plan_refresh(now_ms + settings_.poll_ms - dice_(settings_.poll_ms / 10));
}

void ReleaseWatcher::on_head(std::int64_t now_ms, std::uint64_t version, std::int64_t spread_ms) {
  if (version == held_version_) {
    if (!is_refreshing_) hinted_version_.reset();
    return;
  }
  const bool is_news = !hinted_version_;
  hinted_version_ = version;
  if (is_refreshing_) return;
  const std::int64_t spread_cap_ms = std::clamp<std::int64_t>(spread_ms, 0, kLongestSpread_ms);
  // A hint while one is waited for draws no new time, unless it asks for haste.
  if (is_news || spread_cap_ms == 0)
    plan_refresh(std::max(now_ms + dice_(spread_cap_ms), hints_from_ms_));
}

void ReleaseWatcher::on_refreshed(std::int64_t now_ms, const RefreshResult& result) {
  is_refreshing_ = false;
  if (result.error != NetError::kNone) {
    is_online_ = false;
    refresh_backoff_.on_unhealthy(now_ms);
    refresh_at_ms_ = now_ms;
    not_before_ms_ =
        now_ms + (is_denial(result.status) ? refresh_backoff_.after_denial()
                                           : refresh_backoff_.after_failure(result.retry_after_ms));
    return;
  }
  is_online_ = true;
  refresh_backoff_.on_healthy(now_ms);
  not_before_ms_ = now_ms;
  const bool has_news = result.version != held_version_;
  held_version_ = result.version;

  const std::int64_t interval_ms =
      stream_ == Stream::kLive ? settings_.safety_poll_ms : settings_.poll_ms;
  refresh_at_ms_ = now_ms + interval_ms - dice_(interval_ms / 10);
  if (!hinted_version_) return;
  if (*hinted_version_ == held_version_) {
    hinted_version_.reset();
    return;
  }
  // The hint came true not at all, or came while this refresh ran. Only a hint that was followed in
  // vain is held against it.
  if (is_hinted_refresh_ && !has_news) {
    hints_from_ms_ = now_ms + settings_.false_hint_ms;
    hinted_version_.reset();
    return;
  }
  plan_refresh(std::max(now_ms, hints_from_ms_));
}

void ReleaseWatcher::plan_refresh(std::int64_t at_ms) {
  refresh_at_ms_ = std::min(refresh_at_ms_, at_ms);
}

}  // namespace xsell::sync

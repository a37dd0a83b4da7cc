#include "sync/backoff.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

namespace xsell::sync {
namespace {

constexpr std::int64_t kLongestRetryAfter_ms = 60 * 60'000;

}  // namespace

Dice system_dice() {
  std::random_device seed;
  auto engine =
      std::make_shared<std::mt19937_64>((static_cast<std::uint64_t>(seed()) << 32) | seed());
  return [engine](std::int64_t bound) {
    return std::uniform_int_distribution<std::int64_t>(0,
                                                       std::max<std::int64_t>(bound, 0))(*engine);
  };
}

Backoff::Backoff(BackoffSettings settings, Dice dice)
    : settings_(settings), dice_(std::move(dice)) {}

std::int64_t Backoff::after_failure(std::optional<std::int64_t> retry_after_ms) {
  const int doublings = std::min(failures_, 30);
  ++failures_;
  const std::int64_t window_ms = std::min(settings_.cap_ms, settings_.base_ms << doublings);
  std::int64_t wait_ms = settings_.base_ms + dice_(window_ms);
  if (retry_after_ms) {
    // The spread stays on top, or all lanes that were told the same second would come in it.
    wait_ms += std::clamp<std::int64_t>(*retry_after_ms, 0, kLongestRetryAfter_ms);
  }
  return wait_ms;
}

std::int64_t Backoff::after_denial() {
  return settings_.slow_lane_ms + dice_(settings_.slow_lane_ms / 10);
}

void Backoff::on_healthy(std::int64_t now_ms) {
  if (!healthy_since_ms_) healthy_since_ms_ = now_ms;
  if (now_ms - *healthy_since_ms_ >= settings_.healthy_after_ms) failures_ = 0;
}

void Backoff::on_unhealthy(std::int64_t now_ms) {
  if (healthy_since_ms_ && now_ms - *healthy_since_ms_ >= settings_.healthy_after_ms) failures_ = 0;
  healthy_since_ms_.reset();
}

}  // namespace xsell::sync

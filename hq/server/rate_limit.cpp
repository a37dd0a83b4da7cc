#include "hq/server/rate_limit.h"

#include <algorithm>

namespace xsell::hq {
namespace {

constexpr std::size_t kMostPeers = 10'000;

}  // namespace

void RateLimit::fill(Bucket& bucket, double per_minute, double burst, std::int64_t now_s) {
  const auto passed_s = static_cast<double>(std::max<std::int64_t>(0, now_s - bucket.at_s));
  bucket.tokens = std::min(burst, bucket.tokens + passed_s * per_minute / 60);
  bucket.at_s = now_s;
}

bool RateLimit::take(const std::string& peer, std::int64_t now_s) {
  if (all_.at_s == 0) all_.at_s = now_s;
  fill(all_, settings_.per_minute_of_all, settings_.burst_of_all, now_s);
  if (peers_.size() >= kMostPeers && !peers_.contains(peer)) {
    // A bucket that has filled up again tells no more than none.
    std::erase_if(peers_, [&](const auto& entry) {
      Bucket bucket = entry.second;
      fill(bucket, settings_.per_minute, settings_.burst, now_s);
      return bucket.tokens >= settings_.burst;
    });
    if (peers_.size() >= kMostPeers) return false;
  }
  const auto [entry, is_new] = peers_.try_emplace(peer, Bucket{settings_.burst, now_s});
  Bucket& bucket = entry->second;
  if (!is_new) fill(bucket, settings_.per_minute, settings_.burst, now_s);
  if (all_.tokens < 1 || bucket.tokens < 1) return false;
  all_.tokens -= 1;
  bucket.tokens -= 1;
  return true;
}

}  // namespace xsell::hq

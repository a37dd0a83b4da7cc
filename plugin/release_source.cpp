#include "plugin/release_source.h"

#include <chrono>
#include <utility>

namespace xsell::plugin {
namespace {

sync::HqEndpoint at_mirror(sync::HqEndpoint endpoint, const std::string& url) {
  endpoint.url = url;
  return endpoint;
}

}  // namespace

ReleaseSource::ReleaseSource(boost::asio::io_context& io, const sync::HqEndpoint& hq,
                             const std::string& mirror_url)
    : hq_(io, hq), mirror_state_(sync::system_dice()) {
  if (!mirror_url.empty())
    mirror_ = std::make_unique<sync::HttpClient>(io, at_mirror(hq, mirror_url));
}

ReleaseSource::Result ReleaseSource::update(ReleaseShelf& shelf, const rules::LaneScope& scope,
                                            const Moment& now, const std::function<void()>& on_kill,
                                            int64_t now_ms) {
  const auto update_from = [&](sync::Fetcher& fetcher) {
    return shelf.update(
        {.fetcher = fetcher, .source = ReleaseOrigin::kHq, .now = now, .on_kill = on_kill}, scope);
  };
  const bool is_clock_suspect = shelf.trust().clock().is_suspect(now.utc_s);
  hq_.set_clock_suspect(is_clock_suspect);
  sync::HttpFetcher hq(hq_, {.held = &held_});
  Result result;
  if (mirror_) {
    mirror_->set_clock_suspect(is_clock_suspect);
    sync::HttpFetcher mirror(*mirror_);
    sync::MirroredFetcher both(hq, mirror, mirror_state_, now_ms);
    result.update = update_from(both);
    const sync::Failure& failure = result.update.failure;
    if (failure.failed() && both.has_used_mirror() &&
        failure.net_error != sync::NetError::kCancelled) {
      mirror_state_.set_aside(now_ms, failure);
      result.update = update_from(hq);
    }
  } else {
    result.update = update_from(hq);
  }
  result.status = hq.last_status();
  if (hq.retry_after())
    result.retry_after_ms = std::chrono::milliseconds(*hq.retry_after()).count();
  return result;
}

void ReleaseSource::cancel() {
  hq_.cancel();
  if (mirror_) mirror_->cancel();
}

}  // namespace xsell::plugin

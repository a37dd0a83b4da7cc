#include "sync/release_listener.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "rules/strict_json.h"
#include "sync/event_stream.h"

namespace xsell::sync {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
      .count();
}

}  // namespace

class ReleaseListener::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, HqEndpoint endpoint, WatchSettings settings, Refresh refresh,
       Changed changed)
      : io_(io),
        timer_(io),
        watcher_(settings, system_dice()),
        refresh_(std::move(refresh)),
        changed_(std::move(changed)),
        stream_(io, std::move(endpoint), "/v1/stream",
                EventStream::Handlers{[this] { on_open(); }, [this] { on_bytes(); },
                                      [this](const SseEvent& event) { on_event(event); },
                                      [this](const StreamEnd& end) { on_end(end); }}) {}

  void start(std::uint64_t held_version) {
    is_running_ = true;
    watcher_.on_start(now_ms(), held_version);
    step_soon();
  }

  void stop() {
    is_running_ = false;
    timer_.cancel();
    stream_.close();
  }

  void set_clock_suspect(bool is_suspect) { stream_.set_clock_suspect(is_suspect); }

  ListenerStatus status() const {
    ListenerStatus status = status_;
    status.is_push_live = watcher_.is_push_live();
    status.is_online = watcher_.is_online();
    return status;
  }

 private:
  // Never from within a handler of the stream: a refresh runs the io_context, which must be able to
  // read on.
  void step_soon() {
    if (std::exchange(is_step_posted_, true)) return;
    asio::post(io_, [self = shared_from_this()] {
      self->is_step_posted_ = false;
      self->step();
    });
  }

  void step() {
    while (is_running_) {
      const WatchStep next = watcher_.next(now_ms());
      switch (next.action) {
        case WatchAction::kOpenStream:
          stream_.open();
          break;
        case WatchAction::kCloseStream:
          stream_.close();
          failed(NetError::kSlow, "the event stream is held back on the way; polling instead");
          break;
        case WatchAction::kRefresh:
          refresh();
          break;
        case WatchAction::kNone:
          return sleep_until(next.wake_at_ms);
      }
    }
  }

  void sleep_until(std::int64_t wake_at_ms) {
    timer_.expires_at(Clock::time_point(std::chrono::milliseconds(wake_at_ms)));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->step();
    });
  }

  void refresh() {
    const RefreshResult result = refresh_();
    if (!is_running_) return;
    watcher_.on_refreshed(now_ms(), result);
    if (result.error == NetError::kNone) {
      status_ = {};
    } else {
      status_.last_error = result.error;
      status_.last_error_detail = "refresh: " + std::string(name_of(result.error));
    }
    tell();
  }

  void on_open() {
    watcher_.on_stream_open(now_ms());
    status_ = {};
    tell();
    step_soon();
  }

  void on_bytes() { watcher_.on_stream_bytes(now_ms()); }

  void on_event(const SseEvent& event) {
    if (event.type != "head" || event.data.size() > 4096) return;
    const rules::JsonDocument head = rules::read_json(event.data);
    // What a release, the kill switch and a rollout's step all count up.
    const rules::JsonValue* version = head.value.find("serial");
    const rules::JsonValue* spread_s = head.value.find("spread_s");
    if (version == nullptr || !version->is_integer() || version->integer < 0) return;
    const std::int64_t wait_s =
        spread_s != nullptr && spread_s->is_integer() ? spread_s->integer : 0;
    watcher_.on_head(now_ms(), static_cast<std::uint64_t>(version->integer),
                     std::clamp<std::int64_t>(wait_s, 0, 3600) * 1000);
    step_soon();
  }

  void on_end(const StreamEnd& end) {
    watcher_.on_stream_end(
        now_ms(), end.error, end.status,
        end.retry_after ? std::optional<std::int64_t>(end.retry_after->count()) : std::nullopt);
    failed(end.error, end.detail);
    step_soon();
  }

  void failed(NetError error, std::string detail) {
    status_.last_error = error;
    status_.last_error_detail = std::move(detail);
    tell();
  }

  void tell() {
    if (changed_) changed_(status());
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  ReleaseWatcher watcher_;
  const Refresh refresh_;
  const Changed changed_;
  EventStream stream_;
  ListenerStatus status_;
  bool is_running_ = false;
  bool is_step_posted_ = false;
};

ReleaseListener::ReleaseListener(asio::io_context& io, HqEndpoint endpoint, WatchSettings settings,
                                 Refresh refresh, Changed on_status)
    : core_(std::make_shared<Core>(io, std::move(endpoint), settings, std::move(refresh),
                                   std::move(on_status))) {}

ReleaseListener::~ReleaseListener() { core_->stop(); }

void ReleaseListener::start(std::uint64_t held_version) { core_->start(held_version); }

void ReleaseListener::stop() { core_->stop(); }

void ReleaseListener::set_clock_suspect(bool is_suspect) { core_->set_clock_suspect(is_suspect); }

ListenerStatus ReleaseListener::status() const { return core_->status(); }

}  // namespace xsell::sync

#include "hq/server/hq_server.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "hq/server/folder_watch.h"
#include "hq/tls_authority.h"
#include "sync/limits.h"

namespace xsell::hq {

namespace asio = boost::asio;

namespace {

constexpr auto kMinute = std::chrono::minutes(1);
constexpr auto kInterval = std::chrono::seconds(sync::limits::kTimestampInterval_s);

}  // namespace

class HqServer::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, const HqFolder& folder, ServeSettings settings)
      : settings_(std::move(settings)),
        tls_(folder),
        api_(io, folder, settings_.now_s, settings_.log),
        server_(io, settings_.address, settings_.port, settings_.limits,
                [this](const HttpRequest& request) { return api_.answer(request); }),
        watch_(io, folder.tuf(),
               [this](std::string_view name) {
                 // The last file that a publish puts in place.
                 if (name.empty() || name == "timestamp.json") api_.publish_head();
               }),
        hourly_(io),
        minutely_(io) {}

  void start() {
    // OpenSSL writes to the sockets itself: a lane that dies meanwhile must not take HQ along.
    std::signal(SIGPIPE, SIG_IGN);
    tls_.renew_if_due(settings_.now_s());
    server_.use_certificate(tls_.chain_pem(), tls_.key_pem());
    server_.start();
    do_hourly_work();
    watch_every_minute();
  }

  void stop() {
    is_stopped_ = true;
    hourly_.cancel();
    minutely_.cancel();
    server_.stop();
    api_.stop();
  }

  const ServeSettings settings_;
  TlsAuthority tls_;
  LaneApi api_;
  HttpsServer server_;
  FolderWatch watch_;
  asio::steady_timer hourly_;
  asio::steady_timer minutely_;
  bool is_stopped_ = false;

 private:
  void watch_every_minute() {
    minutely_.expires_after(kMinute);
    minutely_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->is_stopped_) return;
      try {
        self->settings_.watch();
      } catch (const std::exception& failure) {
        self->settings_.log(fmt::format("the rollout could not be watched: {}", failure.what()));
      }
      self->watch_every_minute();
    });
  }

  void do_hourly_work() {
    bool is_done = true;
    try {
      if (tls_.renew_if_due(settings_.now_s())) {
        server_.use_certificate(tls_.chain_pem(), tls_.key_pem());
        settings_.log("the server's certificate was renewed");
      }
      if (settings_.resign) settings_.resign();
    } catch (const std::exception& error) {
      is_done = false;
      settings_.log(fmt::format("re-signing failed, lanes will call the release stale in time: {}",
                                error.what()));
    }
    hourly_.expires_after(is_done ? std::chrono::duration_cast<std::chrono::seconds>(kInterval)
                                  : kMinute);
    hourly_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->is_stopped_) self->do_hourly_work();
    });
  }
};

HqServer::HqServer(asio::io_context& io, const HqFolder& folder, ServeSettings settings)
    : core_(std::make_shared<Core>(io, folder, std::move(settings))) {
  core_->start();
}

HqServer::~HqServer() { core_->stop(); }

void HqServer::stop() { core_->stop(); }

std::uint16_t HqServer::port() const { return core_->server_.port(); }

std::size_t HqServer::connections() const { return core_->server_.connections(); }

const LaneApi& HqServer::api() const { return core_->api_; }

}  // namespace xsell::hq

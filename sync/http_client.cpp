#include "sync/http_client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <set>
#include <stdexcept>

#include "sync/http_response_reader.h"
#include "sync/tls_connection.h"
#include "sync/tls_context.h"

namespace xsell::sync {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto kLongestIdle = std::chrono::seconds(20);

// A value that would end its header line must not become a header of its own.
bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != 0x7F; });
}

// "bytes 100-199/200": the entity's length, when the range starts where it was asked to and runs to
// the end.
std::optional<std::uint64_t> length_of_range(std::string_view text, std::uint64_t from) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  std::uint64_t numbers[3] = {};
  const char separators[3] = {'-', '/', '\0'};
  for (int i = 0; i < 3; ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (separators[i] == '\0') break;
    if (!text.starts_with(separators[i])) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty() || numbers[0] != from || numbers[1] < from || numbers[2] <= numbers[1])
    return std::nullopt;
  if (numbers[2] - numbers[1] != 1) return std::nullopt;
  return numbers[2];
}

}  // namespace

class HttpClient::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, HqEndpoint endpoint, HttpLimits limits)
      : io_(io),
        endpoint_(std::move(endpoint)),
        limits_(limits),
        url_(parse_hq_url(endpoint_.url)) {}

  class Exchange;

  void begin(HttpRequest request, Handler handler);
  void cancel_all(bool is_quiet);
  const std::shared_ptr<const TlsContext>& tls();
  std::string head_of(const HttpRequest& request) const;

  std::unique_ptr<TlsConnection> take_idle() {
    if (Clock::now() - idle_since_ > kLongestIdle) idle_.reset();
    return std::move(idle_);
  }

  void keep_idle(std::unique_ptr<TlsConnection> connection) {
    idle_ = std::move(connection);
    idle_since_ = Clock::now();
  }

  void forget_connections() {
    idle_.reset();
    tls_.reset();
  }

  asio::io_context& io_;
  HqEndpoint endpoint_;
  const HttpLimits limits_;
  const std::optional<HqUrl> url_;
  std::shared_ptr<const TlsContext> tls_;
  std::set<std::shared_ptr<Exchange>> exchanges_;
  std::unique_ptr<TlsConnection> idle_;
  Clock::time_point idle_since_;
};

class HttpClient::Core::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<Core> core, HttpRequest request, Handler handler)
      : core_(std::move(core)),
        request_(std::move(request)),
        handler_(std::move(handler)),
        timer_(core_->io_) {}

  void start() {
    ends_at_ = Clock::now() + request_.deadline;
    begin_window();
    connection_ = core_->take_idle();
    is_reused_ = connection_ != nullptr;
    if (connection_) {
      // Not from within send(), as the handler might be reached.
      asio::post(core_->io_, [self = shared_from_this()] { self->send_request(); });
    } else {
      connect();
    }
  }

  void end(NetError error, std::string detail) {
    if (!is_active()) return;
    is_over_ = true;
    reply_.error = error;
    reply_.detail = std::move(detail);
    timer_.cancel();
    const bool is_kept =
        error != NetError::kCancelled && connection_ && is_written_ && reader_->is_reusable();
    if (is_kept) {
      core_->keep_idle(std::move(connection_));
    } else if (connection_) {
      connection_->close();
    }
    asio::post(core_->io_, [self = shared_from_this()] {
      self->core_->exchanges_.erase(self);
      if (const Handler handler = std::exchange(self->handler_, {}))
        handler(std::move(self->reply_));
    });
  }

  void drop() {
    handler_ = {};
    timer_.cancel();
    if (connection_) connection_->close();
  }

 private:
  bool is_active() const { return handler_ && !is_over_; }

  void connect() {
    if (!core_->url_)
      return end(NetError::kProtocol, "not an https address: " + core_->endpoint_.url);
    try {
      connection_ = std::make_unique<TlsConnection>(core_->io_, core_->tls(), *core_->url_,
                                                    core_->endpoint_.name_servers);
    } catch (const std::runtime_error& error) {
      return end(NetError::kTls, error.what());
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(ends_at_ - Clock::now());
    connection_->connect(std::min(core_->limits_.connect_timeout, left),
                         [self = shared_from_this()](NetError error, std::string detail) {
                           if (error != NetError::kNone) return self->end(error, std::move(detail));
                           self->begin_window();
                           self->send_request();
                         });
  }

  void send_request() {
    if (!is_active()) return;
    for (const auto& [name, value] : request_.headers) {
      if (!is_header_text(name) || !is_header_text(value))
        return end(NetError::kProtocol, "a header holds control characters");
    }
    if (!is_header_text(request_.path) || !is_header_text(core_->endpoint_.bearer)) {
      return end(NetError::kProtocol, "the path or the token holds control characters");
    }
    reader_ = std::make_unique<HttpResponseReader>(
        core_->limits_.header_cap, request_.body_cap,
        HttpResponseReader::Handlers{[this](const HttpHead& head) { return take_head(head); },
                                     [this](std::string_view bytes) { return take_body(bytes); }});
    has_answer_ = false;
    is_written_ = false;
    connection_->write(core_->head_of(request_) + request_.body,
                       [self = shared_from_this()](NetError error) {
                         if (error != NetError::kNone) return self->on_broken();
                         self->is_written_ = true;
                       });
    read();
  }

  void read() {
    connection_->read([self = shared_from_this()](NetError error, std::string_view bytes) {
      if (!self->is_active()) return;
      if (error != NetError::kNone) return self->on_broken();
      const bool is_end = bytes.empty();
      if (is_end && !self->has_answer_) return self->on_broken();
      self->has_answer_ = true;
      self->window_bytes_ += bytes.size();
      const NetError result = is_end ? self->reader_->feed_end() : self->reader_->feed(bytes);
      if (result != NetError::kNone) return self->end(result, self->describe(result));
      if (self->reader_->is_done()) return self->end(self->verdict(), self->verdict_detail());
      if (is_end) return self->on_broken();
      self->read();
    });
  }

  // A kept connection may have been closed by HQ meanwhile: then nothing of the request was seen
  // there.
  void on_broken() {
    if (!is_active()) return;
    connection_->close();
    if (std::exchange(is_reused_, false) && !has_answer_) return connect();
    end(NetError::kClosed, "HQ's connection ended early");
  }

  NetError take_head(const HttpHead& head) {
    reply_.status = head.status;
    reply_.etag = head.etag;
    reply_.content_type = head.content_type;
    reply_.retry_after = head.retry_after;
    is_success_ = head.status >= 200 && head.status < 300;
    impostor_ = impostor_of(head);
    location_ = head.location;
    if (!is_success_) return NetError::kNone;
    if (impostor_ != NetError::kNone) return impostor_;
    if (!head.content_encoding.empty() && head.content_encoding != "identity")
      return NetError::kProtocol;
    const bool is_partial = head.status == 206;
    if (is_partial != (request_.resume_at > 0)) return NetError::kProtocol;
    if (is_partial) {
      const auto length = length_of_range(head.content_range, request_.resume_at);
      if (!length || head.etag != request_.resume_etag) return NetError::kProtocol;
      if (*length > request_.body_cap) return NetError::kTooLarge;
      bytes_expected_ = *length - request_.resume_at;
    }
    return NetError::kNone;
  }

  NetError take_body(std::string_view bytes) {
    body_bytes_ += bytes.size();
    if (body_bytes_ + request_.resume_at > request_.body_cap) return NetError::kTooLarge;
    if (is_success_ && request_.on_body)
      return request_.on_body(bytes) ? NetError::kNone : NetError::kCancelled;
    reply_.body += bytes;
    return NetError::kNone;
  }

  NetError verdict() const {
    const int status = reply_.status;
    if (is_success_ && bytes_expected_ && body_bytes_ != *bytes_expected_)
      return NetError::kProtocol;
    if (is_success_ || (status == 304 && !request_.if_none_match.empty())) return NetError::kNone;
    if (status == 304) return NetError::kProtocol;
    return impostor_ != NetError::kNone ? impostor_ : NetError::kStatus;
  }

  std::string verdict_detail() const {
    const NetError error = verdict();
    return error == NetError::kNone ? std::string() : describe(error);
  }

  std::string describe(NetError error) const {
    const std::string status = "HTTP status " + std::to_string(reply_.status);
    switch (error) {
      case NetError::kStatus:
        return status + " for " + request_.path;
      case NetError::kPortal:
        return "a login page answers instead of HQ (" + status + ")";
      case NetError::kRedirect:
        return "a redirect to " + shown_location(location_) + " answers instead of HQ (" + status +
               "): a captive portal?";
      case NetError::kProxyLogin:
        return "a proxy that wants a login answers instead of HQ (" + status + ")";
      case NetError::kTooLarge:
        return "the answer for " + request_.path + " is over its cap";
      case NetError::kProtocol:
        return "an answer that does not fit the request for " + request_.path + " (" + status + ")";
      default:
        return std::string(name_of(error)) + " at " + request_.path;
    }
  }

  void begin_window() {
    window_bytes_ = 0;
    window_ends_at_ = Clock::now() + core_->limits_.least_window;
    timer_.expires_at(std::min(ends_at_, window_ends_at_));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && self->is_active()) self->on_timer();
    });
  }

  void on_timer() {
    if (Clock::now() >= ends_at_) return end(NetError::kDeadline, request_.path + " took too long");
    if (window_bytes_ < core_->limits_.least_bytes)
      return end(NetError::kSlow, request_.path + " comes too slowly");
    begin_window();
  }

  const std::shared_ptr<Core> core_;
  HttpRequest request_;
  Handler handler_;
  HttpReply reply_;
  asio::steady_timer timer_;
  Clock::time_point ends_at_;
  Clock::time_point window_ends_at_;
  std::uint64_t window_bytes_ = 0;
  std::unique_ptr<TlsConnection> connection_;
  std::unique_ptr<HttpResponseReader> reader_;
  std::uint64_t body_bytes_ = 0;
  std::optional<std::uint64_t> bytes_expected_;
  NetError impostor_ = NetError::kNone;
  std::string location_;
  bool is_over_ = false;  // the handler is about to be called
  bool is_reused_ = false;
  bool is_written_ = false;
  bool has_answer_ = false;
  bool is_success_ = false;
};

void HttpClient::Core::begin(HttpRequest request, Handler handler) {
  auto exchange =
      std::make_shared<Exchange>(shared_from_this(), std::move(request), std::move(handler));
  exchanges_.insert(exchange);
  exchange->start();
}

void HttpClient::Core::cancel_all(bool is_quiet) {
  const auto all = exchanges_;
  for (const auto& exchange : all) {
    if (is_quiet) {
      exchange->drop();
    } else {
      exchange->end(NetError::kCancelled, "stopped");
    }
  }
  if (is_quiet) exchanges_.clear();
  idle_.reset();
}

const std::shared_ptr<const TlsContext>& HttpClient::Core::tls() {
  if (!tls_) tls_ = TlsContext::with_ca(endpoint_.ca_pem, endpoint_.is_clock_suspect);
  return tls_;
}

std::string HttpClient::Core::head_of(const HttpRequest& request) const {
  std::string head = request.method + " " + url_->prefix + request.path +
                     " HTTP/1.1\r\nHost: " + url_->authority() +
                     "\r\nUser-Agent: xsell\r\nAccept-Encoding: identity\r\n";
  if (!endpoint_.bearer.empty()) head += "Authorization: Bearer " + endpoint_.bearer + "\r\n";
  if (!request.if_none_match.empty()) head += "If-None-Match: " + request.if_none_match + "\r\n";
  if (request.resume_at > 0) {
    head += "Range: bytes=" + std::to_string(request.resume_at) +
            "-\r\nIf-Range: " + request.resume_etag + "\r\n";
  }
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method != "GET")
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

HttpClient::HttpClient(asio::io_context& io, HqEndpoint endpoint, HttpLimits limits)
    : core_(std::make_shared<Core>(io, std::move(endpoint), limits)) {}

HttpClient::HttpClient(asio::io_context& io, HqEndpoint endpoint,
                       std::shared_ptr<const TlsContext> tls)
    : core_(std::make_shared<Core>(io, std::move(endpoint), HttpLimits{})) {
  core_->tls_ = std::move(tls);
}

HttpClient::~HttpClient() { core_->cancel_all(true); }

void HttpClient::send(HttpRequest request, Handler handler) {
  core_->begin(std::move(request), std::move(handler));
}

HttpReply HttpClient::wait(HttpRequest request) {
  // On the heap: when the io_context is stopped meanwhile, the handler outlives this call.
  const auto reply = std::make_shared<std::optional<HttpReply>>();
  send(std::move(request), [reply](HttpReply result) { *reply = std::move(result); });
  // Having run out of work earlier, it would not run what send() gave it.
  if (core_->io_.stopped()) core_->io_.restart();
  while (!*reply) {
    if (core_->io_.run_one() == 0) {
      HttpReply stopped;
      stopped.error = NetError::kCancelled;
      stopped.detail = "stopped";
      return stopped;
    }
  }
  return std::move(**reply);
}

void HttpClient::cancel() { core_->cancel_all(false); }

const HqEndpoint& HttpClient::endpoint() const { return core_->endpoint_; }

void HttpClient::set_bearer(std::string bearer) { core_->endpoint_.bearer = std::move(bearer); }

void HttpClient::set_clock_suspect(bool is_suspect) {
  if (core_->endpoint_.is_clock_suspect == is_suspect) return;
  core_->endpoint_.is_clock_suspect = is_suspect;
  core_->forget_connections();
}

}  // namespace xsell::sync

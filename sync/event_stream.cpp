#include "sync/event_stream.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <stdexcept>
#include <utility>

#include "sync/http_response_reader.h"
#include "sync/limits.h"
#include "sync/tls_connection.h"
#include "sync/tls_context.h"

namespace xsell::sync {

namespace asio = boost::asio;

class EventStream::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, HqEndpoint endpoint, std::string path, Handlers handlers,
       std::chrono::milliseconds timeout)
      : io_(io),
        endpoint_(std::move(endpoint)),
        path_(std::move(path)),
        handlers_(std::move(handlers)),
        timeout_(timeout),
        timer_(io),
        parser_([this](const SseEvent& event) {
          if (is_open_ && handlers_.on_event) handlers_.on_event(event);
        }) {}

  void open() {
    close();
    is_open_ = true;
    ++opening_;
    parser_.reset();
    reader_ = std::make_unique<HttpResponseReader>(
        limits::kHeaderBytes, std::numeric_limits<std::uint64_t>::max(),
        HttpResponseReader::Handlers{[this](const HttpHead& head) { return take_head(head); },
                                     [this](std::string_view bytes) { return take_body(bytes); }});
    status_ = 0;
    retry_after_.reset();
    const auto url = parse_hq_url(endpoint_.url);
    if (!url) return end(NetError::kProtocol, "not an https address: " + endpoint_.url);
    try {
      if (!tls_) tls_ = TlsContext::with_ca(endpoint_.ca_pem, endpoint_.is_clock_suspect);
      connection_ = std::make_unique<TlsConnection>(io_, tls_, *url, endpoint_.name_servers);
    } catch (const std::runtime_error& error) {
      return end(NetError::kTls, error.what());
    }
    request_ = "GET " + url->prefix + path_ + " HTTP/1.1\r\nHost: " + url->authority() +
               "\r\nUser-Agent: xsell\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n";
    if (!endpoint_.bearer.empty()) request_ += "Authorization: Bearer " + endpoint_.bearer + "\r\n";
    request_ += "\r\n";
    connection_->connect(timeout_, [self = shared_from_this(), opening = opening_](
                                       NetError error, std::string detail) {
      if (!self->is_current(opening)) return;
      if (error != NetError::kNone) return self->end(error, std::move(detail));
      self->request(opening);
    });
  }

  void close() {
    is_open_ = false;
    timer_.cancel();
    if (connection_) connection_->close();
  }

  bool is_open() const { return is_open_; }

  void set_clock_suspect(bool is_suspect) {
    if (endpoint_.is_clock_suspect == is_suspect) return;
    endpoint_.is_clock_suspect = is_suspect;
    tls_.reset();
  }

 private:
  bool is_current(int opening) const { return is_open_ && opening == opening_; }

  void request(int opening) {
    timer_.expires_after(timeout_);
    timer_.async_wait([self = shared_from_this(), opening](const boost::system::error_code& error) {
      if (!error && self->is_current(opening))
        self->end(NetError::kSlow, "no answer to the stream's request");
    });
    connection_->write(request_, [self = shared_from_this(), opening](NetError error) {
      if (error != NetError::kNone && self->is_current(opening))
        self->end(error, "HQ's connection ended early");
    });
    read(opening);
  }

  void read(int opening) {
    connection_->read([self = shared_from_this(), opening](NetError error, std::string_view bytes) {
      if (!self->is_current(opening)) return;
      if (error == NetError::kNone && bytes.empty()) error = NetError::kClosed;
      if (error == NetError::kNone) error = self->reader_->feed(bytes);
      if (!self->is_current(opening)) return;
      if (error == NetError::kNone && self->reader_->is_done()) {
        error = self->status_ == 200 ? NetError::kClosed : NetError::kStatus;
      }
      if (error != NetError::kNone) return self->end(error, self->describe(error));
      self->read(opening);
    });
  }

  NetError take_head(const HttpHead& head) {
    status_ = head.status;
    retry_after_ = head.retry_after;
    location_ = head.location;
    if (const NetError impostor = impostor_of(head); impostor != NetError::kNone) return impostor;
    if (head.status != 200) return NetError::kStatus;
    if (head.content_type != "text/event-stream") return NetError::kProtocol;
    timer_.cancel();
    if (handlers_.on_open) handlers_.on_open();
    return NetError::kNone;
  }

  NetError take_body(std::string_view bytes) {
    if (!is_open_) return NetError::kCancelled;
    if (handlers_.on_bytes) handlers_.on_bytes();
    return parser_.feed(bytes) ? NetError::kNone : NetError::kTooLarge;
  }

  std::string describe(NetError error) const {
    if (status_ == 0) return "HQ's connection ended early";
    std::string text =
        std::string(name_of(error)) + " on the stream, HTTP status " + std::to_string(status_);
    if (error == NetError::kRedirect) text += " to " + shown_location(location_);
    return text;
  }

  void end(NetError error, std::string detail) {
    close();
    StreamEnd result{error, status_, std::move(detail), retry_after_};
    if (const auto retry_ms = parser_.retry_ms(); retry_ms && !result.retry_after)
      result.retry_after = std::chrono::milliseconds(*retry_ms);
    asio::post(io_, [self = shared_from_this(), opening = opening_, result = std::move(result)] {
      if (opening == self->opening_ && self->handlers_.on_end) self->handlers_.on_end(result);
    });
  }

  asio::io_context& io_;
  HqEndpoint endpoint_;
  const std::string path_;
  Handlers handlers_;
  const std::chrono::milliseconds timeout_;
  asio::steady_timer timer_;
  SseParser parser_;
  std::shared_ptr<const TlsContext> tls_;
  std::unique_ptr<TlsConnection> connection_;
  std::unique_ptr<HttpResponseReader> reader_;
  std::string request_;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::string location_;
  int status_ = 0;
  int opening_ = 0;  // tells late handlers of an earlier open() apart
  bool is_open_ = false;

  friend class EventStream;
};

EventStream::EventStream(asio::io_context& io, HqEndpoint endpoint, std::string path,
                         Handlers handlers, std::chrono::milliseconds connect_timeout)
    : core_(std::make_shared<Core>(io, std::move(endpoint), std::move(path), std::move(handlers),
                                   connect_timeout)) {}

EventStream::~EventStream() {
  core_->close();
  ++core_->opening_;
  core_->handlers_ = {};
}

void EventStream::open() { core_->open(); }

void EventStream::close() {
  core_->close();
  ++core_->opening_;
}

void EventStream::set_clock_suspect(bool is_suspect) { core_->set_clock_suspect(is_suspect); }

bool EventStream::is_open() const { return core_->is_open(); }

}  // namespace xsell::sync

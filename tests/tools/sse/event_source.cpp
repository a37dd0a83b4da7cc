#include "tests/tools/sse/event_source.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>

#include "sync/backoff.h"
#include "sync/http_response_reader.h"
#include "sync/limits.h"
#include "tests/tools/sse/plain_connection.h"

namespace xsell::tests {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using sync::NetError;

namespace {

constexpr int kMostRedirects = 20;  // the Fetch standard's number
constexpr milliseconds kLongestBackoff{30'000};
constexpr milliseconds kFirstBackoff{100};
// The harness sends events of many megabytes in one line; a lane's caps are far lower.
constexpr sync::SseParser::Limits kRoomy{.line_bytes = 64 << 20, .data_bytes = 64 << 20};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

class EventSource::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, EventSourceOptions options, Handlers handlers)
      : io_(io),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        timer_(io),
        parser_([this](const sync::SseEvent& event) { handlers_.on_event(event); }, kRoomy) {
    parser_.set_last_event_id(options_.last_event_id);
    parser_.set_comment_handler([this](std::string_view text) { handlers_.on_comment(text); });
  }

  void open() {
    parser_.reset();
    redirects_ = 0;
    url_ = options_.url;
    method_ = options_.method;
    body_ = options_.body;
    request();
  }

  void restart() {
    end_connection();
    failures_ = 0;
    if (!has_given_up_) open();
  }

  void close() {
    end_connection();
    has_given_up_ = true;
  }

 private:
  void end_connection() {
    ++connection_number_;
    timer_.cancel();
    connection_.reset();
  }

  void request() {
    end_connection();
    const int number = connection_number_;
    head_ = {};
    reader_ = std::make_unique<sync::HttpResponseReader>(
        sync::limits::kHeaderBytes, std::numeric_limits<std::uint64_t>::max(),
        sync::HttpResponseReader::Handlers{
            [this](const sync::HttpHead& head) { return take_head(head); },
            [this](std::string_view bytes) {
              if (head_.status != 200) return NetError::kNone;
              return parser_.feed(bytes) ? NetError::kNone : NetError::kTooLarge;
            }});
    connection_ = std::make_unique<PlainConnection>(io_);
    expect_bytes();
    connection_->connect(url_, [self = shared_from_this(), number](const std::string& error) {
      if (number != self->connection_number_) return;
      if (!error.empty()) return self->fail(error);
      self->connection_->write(self->request_text(),
                               [self, number](const std::string& write_error) {
                                 if (number == self->connection_number_ && !write_error.empty())
                                   self->fail(write_error);
                               });
      self->read(number);
    });
  }

  std::string request_text() const {
    std::string text = method_ + " " + url_.target + " HTTP/1.1\r\nHost: " + url_.authority() +
                       "\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n";
    if (!parser_.last_event_id().empty())
      text += "Last-Event-ID: " + parser_.last_event_id() + "\r\n";
    for (const auto& [name, value] : options_.headers) text += name + ": " + value + "\r\n";
    if (!body_.empty() || method_ != "GET")
      text += "Content-Length: " + std::to_string(body_.size()) + "\r\n";
    return text + "\r\n" + body_;
  }

  void read(int number) {
    connection_->read(
        [self = shared_from_this(), number](const std::string& failure, std::string_view bytes) {
          if (number != self->connection_number_) return;
          if (!failure.empty()) return self->fail(failure);
          const bool is_end = bytes.empty();
          const NetError error = is_end ? self->reader_->feed_end() : self->reader_->feed(bytes);
          if (number != self->connection_number_) return;
          if (self->reader_->is_done() || is_end) return self->on_response_end();
          if (error != NetError::kNone) return self->fail(std::string(name_of(error)));
          self->expect_bytes();
          self->read(number);
        });
  }

  NetError take_head(const sync::HttpHead& head) {
    head_ = head;
    if (head.status == 200 && head.content_type == "text/event-stream") {
      failures_ = 0;
      return NetError::kNone;
    }
    if (!is_redirect(head.status)) give_up();
    return NetError::kNone;
  }

  void on_response_end() {
    if (is_redirect(head_.status)) return follow();
    fail(head_.status == 0 ? "the connection ended early" : "the stream ended");
  }

  void follow() {
    const auto next = resolve_location(url_, head_.location);
    if (!next || ++redirects_ > kMostRedirects) return give_up();
    const bool is_get =
        head_.status == 303 || ((head_.status == 301 || head_.status == 302) && method_ == "POST");
    if (is_get) {
      method_ = "GET";
      body_.clear();
    }
    url_ = *next;
    request();
  }

  // "Fail the connection": it is not tried again.
  void give_up() {
    const std::string location =
        is_redirect(head_.status) ? ", Location '" + head_.location + "'" : std::string();
    close();
    handlers_.on_error("HTTP status " + std::to_string(head_.status) + ", type '" +
                       head_.content_type + "'" + location + ": given up");
  }

  // "Reestablish the connection".
  void fail(const std::string& error) {
    end_connection();
    handlers_.on_error(error);
    const auto reconnection_time =
        parser_.retry_ms() ? milliseconds(*parser_.retry_ms()) : options_.reconnection_time;
    milliseconds wait = reconnection_time;
    // Tries that fail in a row wait longer and longer.
    if (failures_ > 0) {
      const milliseconds window =
          std::min(kLongestBackoff, kFirstBackoff * (1 << std::min(failures_, 20)));
      wait += milliseconds(dice_(window.count()));
    }
    ++failures_;
    timer_.expires_after(wait);
    timer_.async_wait([self = shared_from_this(),
                       number = connection_number_](const boost::system::error_code& cancelled) {
      if (!cancelled && number == self->connection_number_) self->open();
    });
  }

  void expect_bytes() {
    if (!options_.read_timeout) return;
    timer_.expires_after(*options_.read_timeout);
    timer_.async_wait([self = shared_from_this(),
                       number = connection_number_](const boost::system::error_code& cancelled) {
      if (!cancelled && number == self->connection_number_)
        self->fail("nothing came within the read timeout");
    });
  }

  asio::io_context& io_;
  const EventSourceOptions options_;
  const Handlers handlers_;
  asio::steady_timer timer_;
  sync::SseParser parser_;
  const sync::Dice dice_ = sync::system_dice();
  std::unique_ptr<PlainConnection> connection_;
  std::unique_ptr<sync::HttpResponseReader> reader_;
  HttpUrl url_;  // of this request: redirects count for one connection only
  std::string method_;
  std::string body_;
  sync::HttpHead head_;
  int connection_number_ = 0;  // tells late handlers of an earlier connection apart
  int redirects_ = 0;
  int failures_ = 0;
  bool has_given_up_ = false;
};

EventSource::EventSource(asio::io_context& io, EventSourceOptions options, Handlers handlers)
    : core_(std::make_shared<Core>(io, std::move(options), std::move(handlers))) {}

EventSource::~EventSource() { core_->close(); }

void EventSource::start() { core_->open(); }

void EventSource::restart() { core_->restart(); }

}  // namespace xsell::tests

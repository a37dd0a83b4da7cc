#include "hq/server/https_server.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <set>
#include <stdexcept>
#include <utility>

#include "hq/server/tls_socket.h"

namespace xsell::hq {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBlock = 8 * 1024;
constexpr std::size_t kFileBlock = 32 * 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds(50);

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

}  // namespace

class HttpsServer::Core : public std::enable_shared_from_this<Core> {
 public:
  class Connection;

  Core(asio::io_context& io, const std::string& address, std::uint16_t port, ServerLimits limits,
       Handler handler)
      : io_(io), limits_(limits), handler_(std::move(handler)), acceptor_(io), pause_(io) {
    error_code error;
    const asio::ip::address where = asio::ip::make_address(address, error);
    if (error) throw std::runtime_error(fmt::format("'{}' is no IP address to listen on", address));
    const tcp::endpoint endpoint(where, port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      throw std::runtime_error(
          fmt::format("cannot listen on {} port {}: {}; choose another with --listen", address,
                      port, error.message()));
    }
  }

  void use_certificate(const std::string& chain_pem, const std::string& key_pem) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 0);
    error_code error;
    context->use_certificate_chain(asio::buffer(chain_pem), error);
    if (!error) context->use_private_key(asio::buffer(key_pem), asio::ssl::context::pem, error);
    if (error)
      throw std::runtime_error("the server's certificate cannot be used: " + error.message());
    tls_ = std::move(context);
  }

  void accept();
  void accept_later();
  bool make_room();
  void stop();

  asio::io_context& io_;
  const ServerLimits limits_;
  const Handler handler_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::set<std::shared_ptr<Connection>> connections_;
  std::list<Connection*> strangers_;  // the oldest first
  std::size_t buffered_bytes_ = 0;
  bool is_stopped_ = false;
};

class HttpsServer::Core::Connection : public EventSink,
                                      public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Core> core, tcp::socket socket, std::string peer)
      : core_(std::move(core)),
        tls_(core_->tls_),
        stream_(std::move(socket), tls_->native_handle()),
        timer_(core_->io_),
        peer_(std::move(peer)),
        reader_(std::make_unique<HttpRequestReader>(core_->limits_.request)) {}

  ~Connection() override { account(0); }

  void start() {
    core_->strangers_.push_back(this);
    stranger_ = std::prev(core_->strangers_.end());
    allow(core_->limits_.handshake);
    stream_.handshake([self = shared_from_this()](bool is_ok, std::size_t) {
      if (!is_ok || self->is_ended_) return self->end();
      self->read_request();
    });
  }

  void end() {
    if (std::exchange(is_ended_, true)) return;
    timer_.cancel();
    become_known();
    stream_.close();
    core_->connections_.erase(shared_from_this());
  }

  void send(std::string event) override {
    if (is_ended_) return;
    waiting_event_ = std::move(event);
    push();
  }

  void close() override { end(); }

  bool is_older_than(std::chrono::milliseconds time) const {
    return std::chrono::steady_clock::now() - since_ >= time;
  }

 private:
  void become_known() {
    if (!std::exchange(is_stranger_, false)) return;
    core_->strangers_.erase(stranger_);
  }

  // The connection ends unless something is allowed anew within the time.
  void allow(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error) return;
      if (self->is_reading_ && self->is_request_begun_ && !self->is_refused_)
        return self->refuse(408, "timeout", "the request did not come whole in time");
      self->end();
    });
  }

  void read_request() {
    allow(core_->limits_.idle);
    is_request_begun_ = false;
    // A request may have come together with the one before.
    if (!reader_->is_idle()) return take(reader_->feed({}));
    read_more();
  }

  void read_more() {
    if (buffer_.empty()) buffer_.resize(kReadBlock);
    is_reading_ = true;
    stream_.read_some(buffer_.data(), buffer_.size(),
                      [self = shared_from_this()](bool is_ok, std::size_t size) {
                        self->is_reading_ = false;
                        if (self->is_refused_) return self->discard_on(is_ok);
                        if (!is_ok || self->is_ended_) return self->end();
                        self->take(self->reader_->feed({self->buffer_.data(), size}));
                      });
  }

  void take(HttpRequestReader::State state) {
    account(reader_->buffered_bytes());
    if (!std::exchange(is_request_begun_, true)) allow(core_->limits_.whole_request);
    switch (state) {
      case HttpRequestReader::State::kNeedMore:
        if (core_->buffered_bytes_ > core_->limits_.buffered_bytes)
          return refuse(503, "busy", "try again later");
        return read_more();
      case HttpRequestReader::State::kRefused:
        return refuse(reader_->refusal_status(), "request",
                      reason_phrase(reader_->refusal_status()));
      case HttpRequestReader::State::kDone:
        break;
    }
    keeps_alive_ = reader_->wants_keep_alive();
    HttpRequest request = reader_->take();
    request.peer = peer_;
    is_head_ = request.method == "HEAD";
    HttpAnswer answer;
    try {
      answer = core_->handler_(request);
    } catch (const std::exception&) {
      answer = error_answer(500, "internal", "HQ could not do this; its log says why");
    }
    account(reader_->buffered_bytes());
    if (!answer.on_later) return give(std::move(answer));
    timer_.cancel();
    answer.on_later([self = shared_from_this()](HttpAnswer later) {
      if (!self->is_ended_) self->give(std::move(later));
    });
  }

  void give(HttpAnswer answer) {
    if (answer.status < 400) become_known();
    write_answer(std::move(answer));
  }

  void refuse(int status, std::string_view word, std::string_view message) {
    keeps_alive_ = false;
    is_refused_ = true;
    write_answer(error_answer(status, word, message));
  }

  void write_answer(HttpAnswer answer) {
    answer_ = std::move(answer);
    const bool is_stream = static_cast<bool>(answer_.on_stream);
    const bool has_no_body = answer_.status == 304;
    std::string head =
        fmt::format("HTTP/1.1 {} {}\r\n", answer_.status, reason_phrase(answer_.status));
    for (const auto& [name, value] : answer_.headers)
      head += fmt::format("{}: {}\r\n", name, value);
    if (is_stream) {
      head += "Transfer-Encoding: chunked\r\n";
    } else if (!has_no_body) {
      head += fmt::format("Content-Length: {}\r\n",
                          answer_.file ? answer_.file->size : answer_.body.size());
    }
    if (!keeps_alive_) head += "Connection: close\r\n";
    head += "X-Content-Type-Options: nosniff\r\n\r\n";
    if (!is_head_ && !has_no_body && !answer_.file) head += answer_.body;
    outgoing_ = std::move(head);
    write([self = shared_from_this(), is_stream, has_no_body] {
      if (is_stream) return self->begin_stream();
      if (self->answer_.file && !self->is_head_ && !has_no_body) return self->write_file();
      self->finish_answer();
    });
  }

  // Writes outgoing_ in parts, so that only a peer that takes nothing at all is given up.
  template <typename Next>
  void write(Next next, std::size_t from = 0) {
    allow(core_->limits_.stalled_write);
    stream_.write_some(std::string_view(outgoing_).substr(from),
                       [self = shared_from_this(), next = std::move(next), from](
                           bool is_ok, std::size_t size) mutable {
                         if (!is_ok || self->is_ended_) return self->end();
                         if (from + size < self->outgoing_.size())
                           return self->write(std::move(next), from + size);
                         next();
                       });
  }

  void write_file() {
    FileBody& file = *answer_.file;
    if (file.size == 0) return finish_answer();
    outgoing_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file.size, kFileBlock)));
    const ssize_t got = ::pread(file.descriptor, outgoing_.data(), outgoing_.size(),
                                static_cast<off_t>(file.offset));
    if (got <= 0) return end();  // shorter than it was: the peer sees a cut, never other bytes
    outgoing_.resize(static_cast<std::size_t>(got));
    file.offset += static_cast<std::uint64_t>(got);
    file.size -= static_cast<std::uint64_t>(got);
    write([self = shared_from_this()] { self->write_file(); });
  }

  void finish_answer() {
    answer_ = {};
    outgoing_ = {};
    if (keeps_alive_) return read_request();
    allow(core_->limits_.farewell);
    if (!is_refused_) return say_goodbye();
    is_refusal_written_ = true;
    if (!is_reading_) discard();
  }

  // Closing with unread bytes would reset the connection and could take the answer with it.
  void discard() {
    is_reading_ = true;
    stream_.read_some(buffer_.data(), buffer_.size(),
                      [self = shared_from_this()](bool is_ok, std::size_t) {
                        self->is_reading_ = false;
                        self->discard_on(is_ok);
                      });
  }

  void discard_on(bool is_ok) {
    if (is_ended_) return;
    if (is_ok) return discard();
    if (is_refusal_written_) say_goodbye();
  }

  void say_goodbye() {
    if (is_ended_) return;
    stream_.shut_down([self = shared_from_this()](bool, std::size_t) { self->end(); });
  }

  void begin_stream() {
    is_streaming_ = true;
    // What a stream no longer needs, thousands of times over.
    reader_.reset();
    account(0);
    outgoing_ = {};
    answer_.headers = {};
    buffer_.resize(64);
    buffer_.shrink_to_fit();
    watch_for_end();
    beat_later();
    answer_.on_stream(shared_from_this());
  }

  // Nothing is expected of the peer any more but its end.
  void watch_for_end() {
    stream_.read_some(buffer_.data(), buffer_.size(),
                      [self = shared_from_this()](bool is_ok, std::size_t) {
                        if (!is_ok || self->is_ended_) return self->end();
                        self->watch_for_end();
                      });
  }

  void beat_later() {
    timer_.expires_after(core_->limits_.heartbeat);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || self->is_ended_) return;
      if (self->answer_.is_still_allowed && !self->answer_.is_still_allowed()) return self->end();
      if (self->waiting_event_.empty()) self->waiting_event_ = ":\n\n";
      self->push();
    });
  }

  void push() {
    if (is_pushing_ || !is_streaming_ || waiting_event_.empty()) return;
    is_pushing_ = true;
    outgoing_ = chunk(std::exchange(waiting_event_, {}));
    write([self = shared_from_this()] {
      self->is_pushing_ = false;
      self->outgoing_ = {};
      self->beat_later();
      self->push();
    });
  }

  void account(std::size_t bytes) {
    core_->buffered_bytes_ += bytes - std::exchange(accounted_, bytes);
  }

  const std::shared_ptr<Core> core_;
  const std::shared_ptr<asio::ssl::context> tls_;
  TlsSocket stream_;
  asio::steady_timer timer_;
  const std::string peer_;
  std::unique_ptr<HttpRequestReader> reader_;
  std::string buffer_;
  std::string outgoing_;
  HttpAnswer answer_;
  std::string waiting_event_;
  std::size_t accounted_ = 0;
  const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::list<Connection*>::iterator stranger_;
  bool is_stranger_ = true;
  bool is_request_begun_ = false;
  bool is_reading_ = false;
  bool keeps_alive_ = false;
  bool is_head_ = false;
  bool is_refused_ = false;
  bool is_refusal_written_ = false;
  bool is_streaming_ = false;
  bool is_pushing_ = false;
  bool is_ended_ = false;
};

// What waits meanwhile is in the kernel's queue.
void HttpsServer::Core::accept_later() {
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](const error_code& stopped) {
    if (!stopped && !self->is_stopped_) self->accept();
  });
}

bool HttpsServer::Core::make_room() {
  while (connections_.size() >= limits_.connections || strangers_.size() >= limits_.strangers) {
    if (strangers_.empty() || !strangers_.front()->is_older_than(limits_.stranger_time))
      return false;
    strangers_.front()->end();
  }
  return true;
}

void HttpsServer::Core::accept() {
  if (!make_room()) return accept_later();
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (self->is_stopped_ || error == asio::error::operation_aborted) return;
    // Out of descriptors, most likely: some come free with time.
    if (error) return self->accept_later();
    error_code ignored;
    const tcp::endpoint peer = socket.remote_endpoint(ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    const auto connection =
        std::make_shared<Connection>(self, std::move(socket), peer.address().to_string());
    self->connections_.insert(connection);
    connection->start();
    self->accept();
  });
}

void HttpsServer::Core::stop() {
  is_stopped_ = true;
  pause_.cancel();
  error_code ignored;
  acceptor_.close(ignored);
  const auto all = connections_;
  for (const auto& connection : all) connection->end();
}

HttpsServer::HttpsServer(asio::io_context& io, const std::string& address, std::uint16_t port,
                         ServerLimits limits, Handler handler)
    : core_(std::make_shared<Core>(io, address, port, limits, std::move(handler))) {}

HttpsServer::~HttpsServer() { core_->stop(); }

void HttpsServer::use_certificate(const std::string& chain_pem, const std::string& key_pem) {
  core_->use_certificate(chain_pem, key_pem);
}

void HttpsServer::start() { core_->accept(); }

void HttpsServer::stop() { core_->stop(); }

std::uint16_t HttpsServer::port() const {
  error_code ignored;
  return core_->acceptor_.local_endpoint(ignored).port();
}

std::size_t HttpsServer::connections() const { return core_->connections_.size(); }

}  // namespace xsell::hq

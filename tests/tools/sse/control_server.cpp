#include "tests/tools/sse/control_server.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "hq/server/http_request_reader.h"

namespace xsell::tests {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using hq::HttpRequestReader;

class ControlServer::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, const std::string& address, std::uint16_t port, Handler handler)
      : handler_(std::move(handler)), acceptor_(io, {asio::ip::make_address(address), port}) {}

  void accept();

  const Handler handler_;
  tcp::acceptor acceptor_;
};

namespace {

std::string text_of(const hq::HttpAnswer& answer, bool keeps_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " +
                     std::string(hq::reason_phrase(answer.status)) + "\r\n";
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  if (!keeps_alive) text += "Connection: close\r\n";
  return text + "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const ControlServer::Handler& handler)
      : socket_(std::move(socket)),
        handler_(handler),
        reader_({.header_bytes = 16 * 1024, .body_bytes = 1024 * 1024}) {}

  void read() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](const error_code& error, std::size_t size) {
                              if (!error)
                                self->take(self->reader_.feed({self->buffer_.data(), size}));
                            });
  }

 private:
  void take(HttpRequestReader::State state) {
    if (state == HttpRequestReader::State::kNeedMore) return read();
    bool keeps_alive = false;
    hq::HttpAnswer answer;
    if (state == HttpRequestReader::State::kDone) {
      keeps_alive = reader_.wants_keep_alive();
      answer = handler_(reader_.take());
    } else {
      answer = hq::error_answer(reader_.refusal_status(), "request", "not a request");
    }
    outgoing_ = text_of(answer, keeps_alive);
    asio::async_write(
        socket_, asio::buffer(outgoing_),
        [self = shared_from_this(), keeps_alive](const error_code& error, std::size_t) {
          if (!error && keeps_alive) self->take(self->reader_.feed({}));
        });
  }

  tcp::socket socket_;
  const ControlServer::Handler& handler_;
  HttpRequestReader reader_;
  std::array<char, 16 * 1024> buffer_;
  std::string outgoing_;
};

}  // namespace

void ControlServer::Core::accept() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (error) return;
    std::make_shared<Session>(std::move(socket), self->handler_)->read();
    self->accept();
  });
}

ControlServer::ControlServer(asio::io_context& io, const std::string& address, std::uint16_t port,
                             Handler handler)
    : core_(std::make_shared<Core>(io, address, port, std::move(handler))) {
  core_->accept();
}

ControlServer::~ControlServer() {
  error_code ignored;
  core_->acceptor_.close(ignored);
}

std::uint16_t ControlServer::port() const { return core_->acceptor_.local_endpoint().port(); }

}  // namespace xsell::tests

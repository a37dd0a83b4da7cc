#include "tests/tools/sse/plain_connection.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace xsell::tests {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class PlainConnection::Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(asio::io_context& io) : socket_(io), resolver_(io) {}

  void connect(const HttpUrl& url, Done done) {
    resolver_.async_resolve(
        url.host, std::to_string(url.port),
        [self = shared_from_this(), done = std::move(done)](
            const error_code& error, const tcp::resolver::results_type& found) mutable {
          if (self->is_closed_) return;
          if (error) return done(error.message());
          asio::async_connect(
              self->socket_, found,
              [self, done = std::move(done)](const error_code& failed, const tcp::endpoint&) {
                if (self->is_closed_) return;
                error_code ignored;
                self->socket_.set_option(tcp::no_delay(true), ignored);
                done(failed ? failed.message() : std::string());
              });
        });
  }

  void write(std::string bytes, Done done) {
    outgoing_ = std::move(bytes);
    asio::async_write(
        socket_, asio::buffer(outgoing_),
        [self = shared_from_this(), done = std::move(done)](const error_code& error, std::size_t) {
          if (!self->is_closed_) done(error ? error.message() : std::string());
        });
  }

  void read(ReadHandler handler) {
    socket_.async_read_some(
        asio::buffer(buffer_), [self = shared_from_this(), handler = std::move(handler)](
                                   const error_code& error, std::size_t size) {
          if (self->is_closed_) return;
          const bool is_ok = !error || error == asio::error::eof;
          handler(is_ok ? std::string() : error.message(), {self->buffer_.data(), size});
        });
  }

  void close() {
    is_closed_ = true;
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
  tcp::resolver resolver_;
  std::string outgoing_;
  std::array<char, 64 * 1024> buffer_;
  bool is_closed_ = false;
};

PlainConnection::PlainConnection(asio::io_context& io) : core_(std::make_shared<Core>(io)) {}

PlainConnection::~PlainConnection() { close(); }

void PlainConnection::connect(const HttpUrl& url, Done done) {
  core_->connect(url, std::move(done));
}

void PlainConnection::write(std::string bytes, Done done) {
  core_->write(std::move(bytes), std::move(done));
}

void PlainConnection::read(ReadHandler handler) { core_->read(std::move(handler)); }

void PlainConnection::close() { core_->close(); }

}  // namespace xsell::tests

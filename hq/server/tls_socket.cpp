#include "hq/server/tls_socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/post.hpp>
#include <new>
#include <utility>

namespace xsell::hq {

using boost::asio::ip::tcp;
using boost::system::error_code;

void TlsSocket::Free::operator()(ssl_st* pointer) const { SSL_free(pointer); }

TlsSocket::TlsSocket(tcp::socket socket, ssl_ctx_st* context)
    : socket_(std::move(socket)), tls_(SSL_new(context)) {
  if (!tls_ || SSL_set_fd(tls_.get(), static_cast<int>(socket_.native_handle())) != 1)
    throw std::bad_alloc();
  SSL_set_accept_state(tls_.get());
  error_code ignored;
  socket_.non_blocking(true, ignored);
}

TlsSocket::~TlsSocket() = default;

void TlsSocket::handshake(Handler handler) {
  run({Kind::kHandshake, nullptr, nullptr, 0}, std::move(handler));
}

void TlsSocket::read_some(char* buffer, std::size_t size, Handler handler) {
  run({Kind::kRead, buffer, nullptr, size}, std::move(handler));
}

void TlsSocket::write_some(std::string_view bytes, Handler handler) {
  run({Kind::kWrite, nullptr, bytes.data(), bytes.size()}, std::move(handler));
}

void TlsSocket::shut_down(Handler handler) {
  run({Kind::kShutdown, nullptr, nullptr, 0}, std::move(handler));
}

void TlsSocket::close() {
  error_code ignored;
  socket_.close(ignored);
}

int TlsSocket::attempt(const Operation& operation, std::size_t& moved) {
  ssl_st* tls = tls_.get();
  int result = -1;
  switch (operation.kind) {
    case Kind::kHandshake:
      result = SSL_do_handshake(tls);
      break;
    case Kind::kRead:
      result = SSL_read_ex(tls, operation.buffer, operation.size, &moved);
      break;
    case Kind::kWrite:
      // One record at a time, until the socket takes no more.
      do {
        std::size_t size = 0;
        result = SSL_write_ex(tls, operation.bytes + moved, operation.size - moved, &size);
        if (result == 1) moved += size;
      } while (result == 1 && moved < operation.size);
      break;
    case Kind::kShutdown:
      result = SSL_shutdown(tls);
      if (result == 0) result = SSL_shutdown(tls);  // said; now the peer's
      break;
  }
  return SSL_get_error(tls, result);
}

void TlsSocket::run(const Operation& operation, Handler handler) {
  if (!socket_.is_open()) return finish(false, 0, std::move(handler));
  ERR_clear_error();
  std::size_t moved = 0;
  const int error = attempt(operation, moved);
  ERR_clear_error();
  if (error == SSL_ERROR_NONE || moved > 0) return finish(true, moved, std::move(handler));
  if (error == SSL_ERROR_WANT_READ)
    return wait(tcp::socket::wait_read, operation, std::move(handler));
  if (error == SSL_ERROR_WANT_WRITE)
    return wait(tcp::socket::wait_write, operation, std::move(handler));
  finish(false, 0, std::move(handler));
}

void TlsSocket::wait(tcp::socket::wait_type what, const Operation& operation, Handler handler) {
  socket_.async_wait(
      what, [this, operation, handler = std::move(handler)](const error_code& error) mutable {
        if (error) return handler(false, 0);
        run(operation, std::move(handler));
      });
}

void TlsSocket::finish(bool is_ok, std::size_t size, Handler handler) {
  boost::asio::post(socket_.get_executor(),
                    [is_ok, size, handler = std::move(handler)] { handler(is_ok, size); });
}

}  // namespace xsell::hq

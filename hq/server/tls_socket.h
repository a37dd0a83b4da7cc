// The server's end of a TLS connection. OpenSSL reads and writes the socket itself and lets its
// buffers go while nothing passes, so that an idle event stream costs little: Asio's own TLS stream
// keeps 68 KiB a connection for good.
// Requires: the process ignores SIGPIPE, since the peer may be gone when OpenSSL writes.
// Threads: one, that which runs the io_context. Handlers are never called from within the call that
// takes them; each must keep the object's owner alive. At most one read and one write at a time.
#ifndef XSELL_HQ_SERVER_TLS_SOCKET_H_
#define XSELL_HQ_SERVER_TLS_SOCKET_H_

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace xsell::hq {

class TlsSocket {
 public:
  // False: the connection is of no use any more. The size is 0 for what moves no bytes.
  using Handler = std::function<void(bool is_ok, std::size_t size)>;

  // Fails: throws std::bad_alloc.
  TlsSocket(boost::asio::ip::tcp::socket socket, ssl_ctx_st* context);
  ~TlsSocket();
  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;

  void handshake(Handler handler);
  void read_some(char* buffer, std::size_t size, Handler handler);
  // As much as the peer takes now, at least one byte. The bytes stay where they are meanwhile.
  void write_some(std::string_view bytes, Handler handler);
  void shut_down(Handler handler);  // TLS's goodbye, both ways

  void close();  // at once; handlers that wait are called with false

 private:
  enum class Kind : std::uint8_t { kHandshake, kRead, kWrite, kShutdown };
  struct Operation {
    Kind kind;
    char* buffer;
    const char* bytes;
    std::size_t size;
  };
  struct Free {
    void operator()(ssl_st* pointer) const;
  };

  void run(const Operation& operation, Handler handler);
  int attempt(const Operation& operation, std::size_t& moved);
  void wait(boost::asio::ip::tcp::socket::wait_type what, const Operation& operation,
            Handler handler);
  void finish(bool is_ok, std::size_t size, Handler handler);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<ssl_st, Free> tls_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_TLS_SOCKET_H_

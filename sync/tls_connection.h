// One verified TLS connection to HQ: name, TCP, handshake, then plain reads and writes.
// Threads: one, that which runs the io_context. Handlers are never called from within the call that
// takes them.
#ifndef XSELL_SYNC_TLS_CONNECTION_H_
#define XSELL_SYNC_TLS_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sync/hq_endpoint.h"
#include "sync/net_error.h"

namespace boost::asio {
class io_context;
}

namespace xsell::sync {

class TlsContext;

class TlsConnection {
 public:
  using ConnectHandler = std::function<void(NetError, std::string detail)>;
  // Bytes that stay valid until the next read; none with kNone: the peer ended the stream in order.
  using ReadHandler = std::function<void(NetError, std::string_view bytes)>;
  using WriteHandler = std::function<void(NetError)>;

  TlsConnection(boost::asio::io_context& io, std::shared_ptr<const TlsContext> context, HqUrl url,
                std::string name_servers);
  ~TlsConnection();  // closes
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  // Tries the addresses in turn, each with its share of the time.
  void connect(std::chrono::milliseconds timeout, ConnectHandler handler);
  void read(ReadHandler handler);
  void write(std::string bytes, WriteHandler handler);

  // At once, without TLS's goodbye; handlers that wait are dropped uncalled.
  void close();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_TLS_CONNECTION_H_

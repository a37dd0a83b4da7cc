// Carries requests and answers over TLS: accepts, times out, caps, keeps alive, holds event streams
// open. Threads: one, that which runs the io_context; the handler is called there.
#ifndef XSELL_HQ_SERVER_HTTPS_SERVER_H_
#define XSELL_HQ_SERVER_HTTPS_SERVER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hq/server/http_message.h"
#include "hq/server/http_request_reader.h"
#include "sync/limits.h"

namespace boost::asio {
class io_context;
}

namespace xsell::hq {

struct ServerLimits {
  RequestLimits request;
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds whole_request{30'000};  // from its first byte to its last
  std::chrono::milliseconds idle{75'000};           // between requests of one connection
  std::chrono::milliseconds stalled_write{60'000};  // no byte taken by the peer for so long
  std::chrono::milliseconds farewell{2'000};        // for a refused peer to stop sending
  std::chrono::milliseconds heartbeat{sync::limits::kHeartbeat_ms};
  std::size_t connections = 20'000;
  // Connections on which nothing was asked yet that HQ grants: handshakes, slow requests, refusals.
  // When there are so many, the oldest makes room once it has had its time.
  std::size_t strangers = 1'000;
  std::chrono::milliseconds stranger_time{1'000};
  std::size_t buffered_bytes =
      64 * 1024 * 1024;  // of unfinished requests, all connections together
};

class HttpsServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  // address: an IPv4 or IPv6 address; port 0 takes a free one.
  // Fails: throws std::runtime_error that names the address and the mend.
  HttpsServer(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
              ServerLimits limits, Handler handler);
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  // For connections from now on. Fails: throws std::runtime_error.
  void use_certificate(const std::string& chain_pem, const std::string& key_pem);

  void start();  // Requires: a certificate
  void stop();   // ends all connections at once

  std::uint16_t port() const;
  std::size_t connections() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_HTTPS_SERVER_H_

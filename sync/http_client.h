// HTTPS requests to HQ: always verified, always capped, always cancellable.
// Threads: one, that which runs the io_context; every function and handler is called there.
// Fails: no exception; an unusable endpoint is reported by the reply.
#ifndef XSELL_SYNC_HTTP_CLIENT_H_
#define XSELL_SYNC_HTTP_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/hq_endpoint.h"
#include "sync/limits.h"
#include "sync/net_error.h"

namespace boost::asio {
class io_context;
}

namespace xsell::sync {

class TlsContext;

struct HttpRequest {
  std::string method = "GET";
  std::string path{};  // "/v1/..."; the endpoint's prefix goes before it
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};

  std::string if_none_match{};  // an ETag: 304 if it still holds

  // Asks for the rest of the entity with this ETag, from this byte on. What cannot be joined safely
  // to the bytes before ends with kProtocol and delivers nothing.
  std::uint64_t resume_at = 0;
  std::string resume_etag{};

  // Takes the body as it comes, instead of HttpReply::body; false ends the exchange with
  // kCancelled. Only bodies of successful replies go there.
  std::function<bool(std::string_view)> on_body{};

  std::uint64_t body_cap = 1 << 20;  // of the whole entity, resumed or not
  std::chrono::milliseconds deadline{60'000};
};

struct HttpReply {
  NetError error = NetError::kNone;  // none: a whole reply with status 2xx or 304
  std::string detail;                // for people
  int status = 0;                    // 0: no status line came
  std::string etag;
  std::string content_type;
  std::optional<std::chrono::seconds> retry_after;
  std::string body;  // after an error, what had come of it

  bool is_ok() const { return error == NetError::kNone; }
};

struct HttpLimits {
  std::uint32_t header_cap = limits::kHeaderBytes;
  std::chrono::milliseconds connect_timeout{
      limits::kConnectTimeout_ms};  // name, TCP and TLS together
  std::uint64_t least_bytes = limits::kMinimumRateBytes_per_s * limits::kMinimumRateWindow_ms /
                              1000;  // at least this much...
  std::chrono::milliseconds least_window{
      60'000};  // ...in each such window, unless it is finished sooner
};

// One idle connection is kept for the next request, so a TUF cycle pays for one handshake.
class HttpClient {
 public:
  using Handler = std::function<void(HttpReply)>;

  HttpClient(boost::asio::io_context& io, HqEndpoint endpoint, HttpLimits limits = {});
  // Trusts as `tls` says, instead of the endpoint's CA: for enrolment, which knows the CA by its
  // hash only.
  HttpClient(boost::asio::io_context& io, HqEndpoint endpoint,
             std::shared_ptr<const TlsContext> tls);
  ~HttpClient();  // ends what is under way; its handlers are not called
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The handler is called once, never from within send().
  void send(HttpRequest request, Handler handler);

  // Runs the io_context until the reply is there; its other handlers run meanwhile. cancel() ends
  // it early.
  HttpReply wait(HttpRequest request);

  // Everything under way ends with kCancelled, at once.
  void cancel();

  const HqEndpoint& endpoint() const;
  void set_bearer(std::string bearer);
  void set_clock_suspect(bool is_suspect);  // for connections from now on

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HTTP_CLIENT_H_

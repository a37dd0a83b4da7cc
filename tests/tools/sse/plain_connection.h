// A TCP connection without TLS, to the harness of the SSE contract tests. Threads: one, that which
// runs the io_context.
#ifndef XSELL_TESTS_TOOLS_SSE_PLAIN_CONNECTION_H_
#define XSELL_TESTS_TOOLS_SSE_PLAIN_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/tools/sse/http_url.h"

namespace boost::asio {
class io_context;
}

namespace xsell::tests {

class PlainConnection {
 public:
  using Done = std::function<void(std::string error)>;  // empty: it went well
  // Bytes that stay valid until the next read; none without an error: the peer has ended.
  using ReadHandler = std::function<void(std::string error, std::string_view bytes)>;

  explicit PlainConnection(boost::asio::io_context& io);
  ~PlainConnection();  // closes
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;

  void connect(const HttpUrl& url, Done done);
  void write(std::string bytes, Done done);
  void read(ReadHandler handler);
  void close();  // at once; handlers that wait are dropped uncalled

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_PLAIN_CONNECTION_H_

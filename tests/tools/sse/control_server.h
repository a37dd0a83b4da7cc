// A plain HTTP server for the harness's requests; requests are read by HQ's own reader.
// Threads: one, that which runs the io_context.
#ifndef XSELL_TESTS_TOOLS_SSE_CONTROL_SERVER_H_
#define XSELL_TESTS_TOOLS_SSE_CONTROL_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hq/server/http_message.h"

namespace boost::asio {
class io_context;
}

namespace xsell::tests {

class ControlServer {
 public:
  using Handler = std::function<hq::HttpAnswer(const hq::HttpRequest&)>;

  // Fails: throws boost::system::system_error when it cannot listen there.
  ControlServer(boost::asio::io_context& io, const std::string& address, std::uint16_t port,
                Handler handler);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  std::uint16_t port() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_CONTROL_SERVER_H_

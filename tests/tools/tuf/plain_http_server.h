#ifndef XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_SERVER_H_
#define XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace xsell::tests {

// Answers plain HTTP on a free loopback port, one request a connection, from a thread of its own.
class PlainHttpServer {
 public:
  // The body for a path, or nothing for a 404. Called on the server's thread.
  using Answer = std::function<std::optional<std::string>(const std::string& path)>;

  explicit PlainHttpServer(Answer answer);
  ~PlainHttpServer();
  PlainHttpServer(const PlainHttpServer&) = delete;
  PlainHttpServer& operator=(const PlainHttpServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve();

  const Answer answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_TUF_PLAIN_HTTP_SERVER_H_

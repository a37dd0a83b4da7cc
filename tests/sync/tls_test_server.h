// A server on 127.0.0.1 whose answers a test scripts, byte by byte. Each connection is a thread of
// its own.
#ifndef XSELL_TESTS_SYNC_TLS_TEST_SERVER_H_
#define XSELL_TESTS_SYNC_TLS_TEST_SERVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hq/server/certificate.h"
#include "sync/hq_endpoint.h"

namespace xsell::sync {

struct TestTls {
  hq::Certificate authority;
  hq::Certificate server;

  // Good for 127.0.0.1 and localhost, now.
  static const TestTls& good();
  static TestTls make(const std::vector<std::string>& addresses, hq::Validity validity);
};

enum class TestWeakness : std::uint8_t {
  kNone,
  kOldTls,     // speaks TLS 1.0 and 1.1 only
  kOldCipher,  // TLS 1.2 with a cipher of the time before authenticated encryption
};

class TestPeer {
 public:
  virtual ~TestPeer() = default;
  // The head and body of the next request; empty when the client has gone.
  virtual std::string read_request() = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual void wait_until_gone() = 0;  // reads until the client closes
  virtual void cut() = 0;              // resets the connection
};

class TestServerCore;

class TlsTestServer {
 public:
  using Script = std::function<void(TestPeer&)>;

  explicit TlsTestServer(Script script, const TestTls& tls = TestTls::good(),
                         TestWeakness weakness = TestWeakness::kNone);
  ~TlsTestServer();  // ends all connections

  HqEndpoint endpoint() const;  // trusting the test's authority, by 127.0.0.1
  std::uint16_t port() const;
  int connections() const;

 private:
  std::unique_ptr<TestServerCore> core_;
  std::string ca_pem_;
};

// The same without TLS, for tools that speak plain http; the product never does.
class PlainTestServer {
 public:
  explicit PlainTestServer(TlsTestServer::Script script);
  ~PlainTestServer();  // ends all connections

  std::uint16_t port() const;

 private:
  std::unique_ptr<TestServerCore> core_;
};

// "HTTP/1.1 200 OK" with Content-Length and the given further header lines ("Name: value\r\n").
std::string http_reply(int status, std::string_view body, std::string_view headers = {});

// The value of a header in a request's head, or empty.
std::string header_of(std::string_view request, std::string_view name);

}  // namespace xsell::sync

#endif  // XSELL_TESTS_SYNC_TLS_TEST_SERVER_H_

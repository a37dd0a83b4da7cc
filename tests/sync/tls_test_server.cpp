#include "tests/sync/tls_test_server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace xsell::sync {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

namespace {

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <typename Stream>
class Peer : public TestPeer {
 public:
  explicit Peer(Stream& stream) : stream_(stream) {}

  std::string read_request() override {
    std::size_t head_end = std::string::npos;
    while ((head_end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return {};
    }
    std::size_t size = head_end + 4;
    const std::string length =
        header_of(std::string_view(input_).substr(0, size), "Content-Length");
    if (!length.empty()) size += static_cast<std::size_t>(std::stoul(length));
    while (input_.size() < size) {
      if (!read_more()) return {};
    }
    std::string request = input_.substr(0, size);
    input_.erase(0, size);
    return request;
  }

  void write(std::string_view bytes) override {
    error_code ignored;
    asio::write(stream_, asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  void wait_until_gone() override {
    while (read_more()) {
    }
  }

  void cut() override {
    error_code ignored;
    stream_.lowest_layer().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.lowest_layer().close(ignored);
  }

 private:
  bool read_more() {
    char bytes[4096];
    error_code error;
    const std::size_t size = stream_.read_some(asio::buffer(bytes), error);
    input_.append(bytes, size);
    return !error;
  }

  Stream& stream_;
  std::string input_;
};

}  // namespace

class TestServerCore {
 public:
  // Without a context it speaks plainly.
  TestServerCore(TlsTestServer::Script script, std::unique_ptr<asio::ssl::context> context)
      : script_(std::move(script)),
        context_(std::move(context)),
        acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
    port_ = acceptor_.local_endpoint().port();
    accepting_ = std::thread([this] { accept(); });
  }

  ~TestServerCore() {
    is_stopping_ = true;
    {
      // Wakes accept().
      tcp::socket wake(io_);
      error_code ignored;
      wake.connect({asio::ip::address_v4::loopback(), port_}, ignored);
    }
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void accept() {
    while (!is_stopping_) {
      error_code error;
      auto socket = std::make_shared<tcp::socket>(io_);
      acceptor_.accept(*socket, error);
      if (is_stopping_ || error) return;
      ++connections_;
      threads_.emplace_back([this, socket] { serve(std::move(*socket)); });
    }
  }

  void serve(tcp::socket socket) {
    const int descriptor = socket.native_handle();
    error_code error;
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
      open_.insert(descriptor);
      socket.set_option(tcp::no_delay(true), error);
    }
    if (context_) {
      TlsStream stream(std::move(socket), *context_);
      stream.handshake(asio::ssl::stream_base::server, error);
      if (!error) {
        Peer peer(stream);
        script_(peer);
        stream.shutdown(error);
      }
      forget(descriptor);
    } else {
      Peer peer(socket);
      script_(peer);
      forget(descriptor);
    }
  }

  // While the descriptor is open still, and not yet another connection's.
  void forget(int descriptor) {
    const std::lock_guard lock(mutex_);
    open_.erase(descriptor);
  }

  const TlsTestServer::Script script_;
  const std::unique_ptr<asio::ssl::context> context_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::thread> threads_;  // the accepting thread's, then the destructor's
  std::thread accepting_;
};

namespace {

std::unique_ptr<asio::ssl::context> context_of(const TestTls& tls, TestWeakness weakness) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  const std::string chain = tls.server.certificate_pem + tls.authority.certificate_pem;
  context->use_certificate_chain(asio::buffer(chain));
  context->use_private_key(asio::buffer(tls.server.key_pem), asio::ssl::context::pem);
  if (weakness == TestWeakness::kOldCipher) {
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE-ECDSA-AES128-SHA");
  }
  if (weakness == TestWeakness::kOldTls) {
    SSL_CTX_set_security_level(context->native_handle(), 0);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
  }
  return context;
}

}  // namespace

const TestTls& TestTls::good() {
  static const TestTls tls = make({"127.0.0.1", "localhost"}, {now_s() - 3600, now_s() + 86'400});
  return tls;
}

TestTls TestTls::make(const std::vector<std::string>& addresses, hq::Validity validity) {
  TestTls tls;
  tls.authority = hq::make_authority("test authority", {0, now_s() + 86'400 * 365});
  tls.server = hq::make_server_certificate(tls.authority, addresses, validity);
  return tls;
}

TlsTestServer::TlsTestServer(Script script, const TestTls& tls, TestWeakness weakness)
    : core_(std::make_unique<TestServerCore>(std::move(script), context_of(tls, weakness))),
      ca_pem_(tls.authority.certificate_pem) {}

TlsTestServer::~TlsTestServer() = default;

HqEndpoint TlsTestServer::endpoint() const {
  HqEndpoint endpoint;
  endpoint.url = "https://127.0.0.1:" + std::to_string(port());
  endpoint.ca_pem = ca_pem_;
  endpoint.bearer = "token-of-the-test";
  return endpoint;
}

std::uint16_t TlsTestServer::port() const { return core_->port(); }

int TlsTestServer::connections() const { return core_->connections(); }

PlainTestServer::PlainTestServer(TlsTestServer::Script script)
    : core_(std::make_unique<TestServerCore>(std::move(script), nullptr)) {}

PlainTestServer::~PlainTestServer() = default;

std::uint16_t PlainTestServer::port() const { return core_->port(); }

std::string http_reply(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

std::string header_of(std::string_view request, std::string_view name) {
  const std::string mark = "\r\n" + std::string(name) + ": ";
  const std::size_t at = request.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = request.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find("\r\n")));
}

}  // namespace xsell::sync

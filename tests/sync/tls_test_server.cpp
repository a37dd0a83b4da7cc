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

class Peer : public TestPeer {
 public:
  explicit Peer(TlsStream& stream) : stream_(stream) {}

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
    stream_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.next_layer().close(ignored);
  }

 private:
  bool read_more() {
    char bytes[4096];
    error_code error;
    const std::size_t size = stream_.read_some(asio::buffer(bytes), error);
    input_.append(bytes, size);
    return !error;
  }

  TlsStream& stream_;
  std::string input_;
};

}  // namespace

class TlsTestServer::Core {
 public:
  Core(Script script, const TestTls& tls, bool is_tls12_refused)
      : script_(std::move(script)),
        context_(asio::ssl::context::tls_server),
        acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
        ca_pem_(tls.authority.certificate_pem) {
    const std::string chain = tls.server.certificate_pem + tls.authority.certificate_pem;
    context_.use_certificate_chain(asio::buffer(chain));
    context_.use_private_key(asio::buffer(tls.server.key_pem), asio::ssl::context::pem);
    if (is_tls12_refused) {
      SSL_CTX_set_security_level(context_.native_handle(), 0);
      SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.native_handle(), TLS1_1_VERSION);
    }
    port_ = acceptor_.local_endpoint().port();
    accepting_ = std::thread([this] { accept(); });
  }

  ~Core() {
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

  void accept() {
    while (!is_stopping_) {
      error_code error;
      auto socket = std::make_shared<tcp::socket>(io_);
      acceptor_.accept(*socket, error);
      if (is_stopping_ || error) return;
      ++connections_;
      threads_.emplace_back([this, socket] { serve(*socket); });
    }
  }

  void serve(tcp::socket& socket) {
    const int descriptor = socket.native_handle();
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
      open_.insert(descriptor);
    }
    {
      TlsStream stream(std::move(socket), context_);
      error_code error;
      stream.next_layer().set_option(tcp::no_delay(true), error);
      stream.handshake(asio::ssl::stream_base::server, error);
      if (!error) {
        Peer peer(stream);
        script_(peer);
        stream.shutdown(error);
      }
      const std::lock_guard lock(mutex_);
      open_.erase(descriptor);
    }
  }

  const Script script_;
  asio::io_context io_;
  asio::ssl::context context_;
  tcp::acceptor acceptor_;
  const std::string ca_pem_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::thread> threads_;  // the accepting thread's, then the destructor's
  std::thread accepting_;
};

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

TlsTestServer::TlsTestServer(Script script, const TestTls& tls, bool is_tls12_refused)
    : core_(std::make_shared<Core>(std::move(script), tls, is_tls12_refused)) {}

TlsTestServer::~TlsTestServer() = default;

HqEndpoint TlsTestServer::endpoint() const {
  HqEndpoint endpoint;
  endpoint.url = "https://127.0.0.1:" + std::to_string(core_->port_);
  endpoint.ca_pem = core_->ca_pem_;
  endpoint.bearer = "token-of-the-test";
  return endpoint;
}

std::uint16_t TlsTestServer::port() const { return core_->port_; }

int TlsTestServer::connections() const { return core_->connections_; }

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

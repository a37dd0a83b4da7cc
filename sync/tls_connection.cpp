#include "sync/tls_connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sync/resolver.h"
#include "sync/tls_context.h"

namespace xsell::sync {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class TlsConnection::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, std::shared_ptr<const TlsContext> context, HqUrl url,
       std::string name_servers)
      : io_(io),
        tls_(std::move(context)),
        asio_context_(shared_context(*tls_)),
        url_(std::move(url)),
        resolver_(io, std::move(name_servers)),
        timer_(io) {}

  void connect(std::chrono::milliseconds timeout, ConnectHandler handler) {
    on_connect_ = std::move(handler);
    deadline_ = Clock::now() + timeout;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->connected(NetError::kConnectSlow, self->doing_ + ": no answer in time");
    });
    doing_ = "looking up " + url_.host;
    resolver_.resolve(url_.host, [weak = weak_from_this()](std::vector<asio::ip::address> addresses,
                                                           std::string reason) {
      const auto self = weak.lock();
      if (!self || !self->on_connect_) return;
      if (addresses.empty()) return self->connected(NetError::kDns, self->doing_ + ": " + reason);
      self->addresses_ = std::move(addresses);
      self->try_address(0);
    });
  }

  void read(ReadHandler handler) {
    if (!stream_) return later([handler = std::move(handler)] { handler(NetError::kClosed, {}); });
    on_read_ = std::move(handler);
    stream_->async_read_some(asio::buffer(buffer_), [self = shared_from_this()](
                                                        const error_code& error, std::size_t size) {
      const ReadHandler waiting = std::exchange(self->on_read_, {});
      if (!waiting) return;
      // A TCP end without TLS's goodbye may be an attacker's cut.
      const bool is_ok = !error || error == asio::error::eof;
      waiting(is_ok ? NetError::kNone : NetError::kClosed,
              std::string_view(self->buffer_.data(), size));
    });
  }

  void write(std::string bytes, WriteHandler handler) {
    if (!stream_) return later([handler = std::move(handler)] { handler(NetError::kClosed); });
    on_write_ = std::move(handler);
    outgoing_ = std::move(bytes);
    asio::async_write(*stream_, asio::buffer(outgoing_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        const WriteHandler waiting = std::exchange(self->on_write_, {});
                        if (waiting) waiting(error ? NetError::kClosed : NetError::kNone);
                      });
  }

  void close() {
    on_connect_ = {};
    on_read_ = {};
    on_write_ = {};
    is_closed_ = true;
    resolver_.cancel();
    timer_.cancel();
    shut_socket();
  }

 private:
  using Stream = asio::ssl::stream<tcp::socket>;

  // Asio's wrapper frees what it is given; the reference keeps TlsContext's own.
  static asio::ssl::context shared_context(const TlsContext& tls) {
    SSL_CTX_up_ref(tls.native());
    return asio::ssl::context(tls.native());
  }

  void later(std::function<void()> what) { asio::post(io_, std::move(what)); }

  void shut_socket() {
    if (!stream_) return;
    error_code ignored;
    stream_->lowest_layer().close(ignored);
  }

  void try_address(std::size_t index) {
    shut_socket();
    const tcp::endpoint endpoint(addresses_[index], url_.port);
    doing_ = "connecting to " + url_.authority() + " (" + endpoint.address().to_string() + ")";
    stream_ = std::make_unique<Stream>(io_, asio_context_);
    try {
      tls_->expect_host(stream_->native_handle(), url_.host);
    } catch (const std::runtime_error& error) {
      return connected(NetError::kTls, error.what());
    }

    const auto left = deadline_ - Clock::now();
    const auto share = left / static_cast<int>(addresses_.size() - index);
    auto attempt = std::make_shared<asio::steady_timer>(io_, share);
    attempt->async_wait([self = shared_from_this(), index](const error_code& error) {
      if (!error && index + 1 < self->addresses_.size() && self->on_connect_ &&
          self->attempt_ == index) {
        self->try_address(index + 1);
      }
    });
    attempt_ = index;
    stream_->next_layer().async_connect(endpoint, [self = shared_from_this(), attempt,
                                                   index](const error_code& error) {
      attempt->cancel();
      if (!self->on_connect_ || self->attempt_ != index || error == asio::error::operation_aborted)
        return;
      if (!error) return self->handshake();
      if (index + 1 < self->addresses_.size()) return self->try_address(index + 1);
      self->connected(NetError::kRefused, self->doing_ + ": " + error.message());
    });
  }

  void handshake() {
    attempt_ = addresses_.size();
    error_code ignored;
    stream_->next_layer().set_option(tcp::no_delay(true), ignored);
    stream_->next_layer().set_option(asio::socket_base::keep_alive(true), ignored);
    doing_ = "TLS with " + url_.authority();
    stream_->async_handshake(
        asio::ssl::stream_base::client, [self = shared_from_this()](const error_code& error) {
          if (!self->on_connect_) return;
          if (!error) return self->connected(NetError::kNone, {});
          self->connected(self->classify(error), self->doing_ + ": " + self->explain(error));
        });
  }

  NetError classify(const error_code& error) const {
    switch (SSL_get_verify_result(stream_->native_handle())) {
      case X509_V_OK:
        break;
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return NetError::kTlsName;
      case X509_V_ERR_CERT_HAS_EXPIRED:
      case X509_V_ERR_CERT_NOT_YET_VALID:
        return NetError::kTlsDates;
      default:
        return NetError::kTlsAuthority;
    }
    if (error.category() != asio::error::get_ssl_category()) return NetError::kTls;
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      case SSL_R_NO_PROTOCOLS_AVAILABLE:
      case SSL_R_WRONG_CIPHER_RETURNED:
      case SSL_R_NO_SHARED_CIPHER:
      case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return NetError::kTlsVersion;
      default:
        return NetError::kTls;
    }
  }

  std::string explain(const error_code& error) const {
    const long verified = SSL_get_verify_result(stream_->native_handle());
    if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
    return error.message();
  }

  void connected(NetError error, std::string detail) {
    timer_.cancel();
    resolver_.cancel();
    attempt_ = addresses_.size();
    ERR_clear_error();
    if (error != NetError::kNone) shut_socket();
    if (const ConnectHandler handler = std::exchange(on_connect_, {})) {
      later([self = shared_from_this(), handler, error, detail = std::move(detail)] {
        if (!self->is_closed_) handler(error, detail);
      });
    }
  }

  asio::io_context& io_;
  const std::shared_ptr<const TlsContext> tls_;
  asio::ssl::context asio_context_;
  const HqUrl url_;
  Resolver resolver_;
  asio::steady_timer timer_;
  Clock::time_point deadline_;
  std::string doing_;
  std::vector<asio::ip::address> addresses_;
  std::size_t attempt_ = 0;  // the address being tried; past the last: none
  std::unique_ptr<Stream> stream_;
  ConnectHandler on_connect_;
  ReadHandler on_read_;
  WriteHandler on_write_;
  std::string outgoing_;
  std::array<char, 16 * 1024> buffer_;
  bool is_closed_ = false;
};

TlsConnection::TlsConnection(asio::io_context& io, std::shared_ptr<const TlsContext> context,
                             HqUrl url, std::string name_servers)
    : core_(std::make_shared<Core>(io, std::move(context), std::move(url),
                                   std::move(name_servers))) {}

TlsConnection::~TlsConnection() { close(); }

void TlsConnection::connect(std::chrono::milliseconds timeout, ConnectHandler handler) {
  core_->connect(timeout, std::move(handler));
}

void TlsConnection::read(ReadHandler handler) { core_->read(std::move(handler)); }

void TlsConnection::write(std::string bytes, WriteHandler handler) {
  core_->write(std::move(bytes), std::move(handler));
}

void TlsConnection::close() { core_->close(); }

}  // namespace xsell::sync

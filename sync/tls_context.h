// The client's TLS settings: TLS 1.2 or newer, one pinned authority, verification without a switch.
// Threads: one. Owns: an OpenSSL library context of its own, so neither openssl.cnf nor the host's
// providers matter.
#ifndef XSELL_SYNC_TLS_CONTEXT_H_
#define XSELL_SYNC_TLS_CONTEXT_H_

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace xsell::sync {

class TlsContext {
 public:
  // Trusts the authority in the PEM. Fails: throws std::runtime_error when it holds no certificate.
  static std::shared_ptr<TlsContext> with_ca(std::string_view ca_pem, bool is_clock_suspect);

  // Trusts the one authority with this hash (lower-case hex SHA-256 of its DER), which the peer
  // must present in its chain.
  static std::shared_ptr<TlsContext> with_ca_sha256(std::string ca_sha256);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const;

  // Binds a connection to the name or address that its peer's certificate must carry.
  // Fails: throws std::runtime_error.
  void expect_host(ssl_st* connection, const std::string& host) const;

  // After a handshake: the authority that was trusted, as PEM.
  const std::string& ca_pem() const;

 private:
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_TLS_CONTEXT_H_

#include "sync/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

#include "sync/openssl_context.h"

namespace xsell::sync {
namespace {

struct Release {
  void operator()(SSL_CTX* pointer) const { SSL_CTX_free(pointer); }
  void operator()(X509* pointer) const { X509_free(pointer); }
  void operator()(X509_STORE* pointer) const { X509_STORE_free(pointer); }
  void operator()(BIO* pointer) const { BIO_free_all(pointer); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

constexpr const char* kCipherList =
    "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2; 1.3 has good ones only

[[noreturn]] void fail(const char* what) {
  ERR_clear_error();
  throw std::runtime_error(what);
}

std::string to_pem(X509* certificate) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

struct TlsContext::State {
  Owned<SSL_CTX> context;
  std::string ca_sha256;  // when the authority is known by its hash only
  std::string ca_pem;

  std::string sha256_of(X509* certificate) const {
    EVP_MD* digest = EVP_MD_fetch(openssl_context(), "SHA256", nullptr);
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const bool is_done = digest != nullptr && X509_digest(certificate, digest, bytes, &size) == 1;
    EVP_MD_free(digest);
    std::string hex;
    if (!is_done) return hex;
    constexpr char kDigits[] = "0123456789abcdef";
    for (unsigned int i = 0; i < size; ++i) {
      hex += kDigits[bytes[i] >> 4];
      hex += kDigits[bytes[i] & 15];
    }
    return hex;
  }

  // Picks the authority with the pinned hash out of what the peer presents, and trusts that one
  // alone.
  static int verify_by_hash(X509_STORE_CTX* verification, void* self) {
    auto* state = static_cast<State*>(self);
    STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(verification);
    for (int i = 0; i < sk_X509_num(presented); ++i) {
      X509* candidate = sk_X509_value(presented, i);
      if (state->sha256_of(candidate) != state->ca_sha256) continue;
      STACK_OF(X509)* trusted = sk_X509_new_null();
      if (trusted == nullptr || sk_X509_push(trusted, candidate) == 0) {
        sk_X509_free(trusted);
        break;
      }
      X509_STORE_CTX_set0_trusted_stack(verification, trusted);
      const int result = X509_verify_cert(verification);
      sk_X509_free(trusted);
      if (result == 1) state->ca_pem = to_pem(candidate);
      return result;
    }
    X509_STORE_CTX_set_error(verification, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    return 0;
  }
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {
  // Before OpenSSL's own first use of its TLS part, which would read openssl.cnf.
  OSSL_LIB_CTX* library = openssl_context();
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  state_->context.reset(SSL_CTX_new_ex(library, nullptr, TLS_client_method()));
  if (!state_->context) fail("OpenSSL gives no TLS context");
  SSL_CTX* context = state_->context.get();
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, kCipherList) != 1) {
    fail("OpenSSL has no TLS 1.2");
  }
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

TlsContext::~TlsContext() = default;

std::shared_ptr<TlsContext> TlsContext::with_ca(std::string_view ca_pem, bool is_clock_suspect) {
  std::shared_ptr<TlsContext> result(new TlsContext(std::make_unique<State>()));
  State& state = *result->state_;
  const Owned<BIO> in(BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())));
  X509* certificate = X509_new_ex(openssl_context(), nullptr);
  const Owned<X509> authority(in ? PEM_read_bio_X509(in.get(), &certificate, nullptr, nullptr)
                                 : nullptr);
  if (!authority) {
    X509_free(certificate);
    fail("the CA of HQ is no PEM certificate; enrol this lane again");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(state.context.get());
  if (X509_STORE_add_cert(store, authority.get()) != 1) fail("the CA of HQ cannot be used");
  if (is_clock_suspect)
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(state.context.get()), X509_V_FLAG_NO_CHECK_TIME);
  state.ca_pem = to_pem(authority.get());
  return result;
}

std::shared_ptr<TlsContext> TlsContext::with_ca_sha256(std::string ca_sha256) {
  std::shared_ptr<TlsContext> result(new TlsContext(std::make_unique<State>()));
  State& state = *result->state_;
  state.ca_sha256 = std::move(ca_sha256);
  SSL_CTX_set_cert_verify_callback(state.context.get(), &State::verify_by_hash, &state);
  return result;
}

ssl_ctx_st* TlsContext::native() const { return state_->context.get(); }

void TlsContext::expect_host(ssl_st* connection, const std::string& host) const {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(connection);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) != 1 ||
      SSL_set_tlsext_host_name(connection, host.c_str()) != 1) {
    fail("OpenSSL cannot check this host name");
  }
}

const std::string& TlsContext::ca_pem() const { return state_->ca_pem; }

}  // namespace xsell::sync

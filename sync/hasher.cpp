#include "sync/hasher.h"

#include <openssl/evp.h>

#include "sync/openssl_context.h"

namespace xsell::sync {
namespace {

template <std::size_t kBytes>
constexpr const char* kAlgorithm = kBytes == 32 ? "SHA256" : "SHA512";

// Fetched once: looking an algorithm up costs more than hashing a short line.
template <std::size_t kBytes>
const EVP_MD* algorithm() {
  struct Algorithm {
    EVP_MD* md = EVP_MD_fetch(openssl_context(), kAlgorithm<kBytes>, nullptr);
    ~Algorithm() { EVP_MD_free(md); }
  };
  static const Algorithm algorithm;
  return algorithm.md;
}

}  // namespace

template <std::size_t kBytes>
struct Hasher<kBytes>::Context {
  Context() : context(EVP_MD_CTX_new()) { restart(); }
  ~Context() { EVP_MD_CTX_free(context); }

  void restart() {
    if (context == nullptr || EVP_DigestInit_ex2(context, algorithm<kBytes>(), nullptr) != 1) {
      throw openssl_error("SHA-2 is not available");
    }
  }

  EVP_MD_CTX* context;
};

template <std::size_t kBytes>
Hasher<kBytes>::Hasher() : context_(std::make_unique<Context>()) {}
template <std::size_t kBytes>
Hasher<kBytes>::~Hasher() = default;
template <std::size_t kBytes>
Hasher<kBytes>::Hasher(Hasher&&) noexcept = default;
template <std::size_t kBytes>
Hasher<kBytes>& Hasher<kBytes>::operator=(Hasher&&) noexcept = default;

template <std::size_t kBytes>
void Hasher<kBytes>::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->context, bytes.data(), bytes.size()) != 1) {
    throw openssl_error("SHA-2 failed");
  }
}

template <std::size_t kBytes>
typename Hasher<kBytes>::Digest Hasher<kBytes>::finish() {
  Digest digest;
  if (EVP_DigestFinal_ex(context_->context, digest.data(), nullptr) != 1) {
    throw openssl_error("SHA-2 failed");
  }
  context_->restart();
  return digest;
}

template class Hasher<32>;
template class Hasher<64>;

}  // namespace xsell::sync

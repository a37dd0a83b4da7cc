#include "sync/sha256.h"

#include <openssl/evp.h>

#include "sync/hex.h"
#include "sync/openssl_context.h"

namespace xsell::sync {
namespace {

// Fetched once: looking an algorithm up costs more than hashing a short line.
const EVP_MD* sha256_algorithm() {
  struct Algorithm {
    EVP_MD* md = EVP_MD_fetch(openssl_context(), "SHA256", nullptr);
    ~Algorithm() { EVP_MD_free(md); }
  };
  static const Algorithm algorithm;
  return algorithm.md;
}

}  // namespace

struct Sha256Hasher::Context {
  Context() : context(EVP_MD_CTX_new()) { restart(); }
  ~Context() { EVP_MD_CTX_free(context); }

  void restart() {
    if (context == nullptr || EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) != 1) {
      throw openssl_error("SHA-256 is not available");
    }
  }

  EVP_MD_CTX* context;
};

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {}
Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->context, bytes.data(), bytes.size()) != 1) {
    throw openssl_error("SHA-256 failed");
  }
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  if (EVP_DigestFinal_ex(context_->context, digest.data(), nullptr) != 1) {
    throw openssl_error("SHA-256 failed");
  }
  context_->restart();
  return digest;
}

Sha256 sha256(std::string_view bytes) {
  Sha256Hasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string to_hex(const Sha256& digest) { return to_hex(std::span<const uint8_t>(digest)); }

std::optional<Sha256> sha256_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  Sha256 digest;
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

}  // namespace xsell::sync

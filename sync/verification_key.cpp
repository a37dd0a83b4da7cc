#include "sync/verification_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

#include "sync/hex.h"
#include "sync/openssl_context.h"

namespace xsell::sync {
namespace {

using KeyHandle = std::shared_ptr<EVP_PKEY>;

constexpr size_t kLongestPem = 4096;
constexpr int kFewestRsaBits = 2048;
constexpr int kMostRsaBits = 8192;  // verifying takes longer with the square of it

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

KeyHandle owned(EVP_PKEY* key) {
  if (key == nullptr) openssl_error({});  // what it complained of is not for the next caller
  return {key, EVP_PKEY_free};
}

KeyHandle read_raw_ed25519(std::string_view hex) {
  const auto raw = from_hex(hex);
  if (!raw) return nullptr;
  return owned(EVP_PKEY_new_raw_public_key_ex(openssl_context(), "ED25519", nullptr, as_bytes(*raw),
                                              raw->size()));
}

KeyHandle read_pem(std::string_view pem) {
  if (pem.size() > kLongestPem) return nullptr;
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  if (!bio) return nullptr;
  // Without a callback OpenSSL would ask for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  return owned(PEM_read_bio_PUBKEY_ex(bio.get(), nullptr, no_passphrase, nullptr, openssl_context(),
                                      nullptr));
}

bool is_p256(const KeyHandle& key) {
  std::array<char, 32> group{};
  return EVP_PKEY_is_a(key.get(), "EC") == 1 &&
         EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) == 1 &&
         std::string_view(group.data()) == "prime256v1";
}

bool is_usable_rsa(const KeyHandle& key) {
  const int bits = EVP_PKEY_get_bits(key.get());
  return EVP_PKEY_is_a(key.get(), "RSA") == 1 && bits >= kFewestRsaBits && bits <= kMostRsaBits;
}

}  // namespace

std::optional<VerificationKey> VerificationKey::read(std::string_view type, std::string_view scheme,
                                                     std::string_view value) {
  if (type == "ed25519" && scheme == "ed25519") {
    if (KeyHandle key = read_raw_ed25519(value)) {
      return VerificationKey(Scheme::kEd25519, std::move(key));
    }
  } else if ((type == "ecdsa" || type == "ecdsa-sha2-nistp256") &&
             scheme == "ecdsa-sha2-nistp256") {
    KeyHandle key = read_pem(value);
    if (key && is_p256(key)) return VerificationKey(Scheme::kEcdsaP256, std::move(key));
  } else if (type == "rsa" && scheme == "rsassa-pss-sha256") {
    KeyHandle key = read_pem(value);
    if (key && is_usable_rsa(key)) return VerificationKey(Scheme::kRsaPss, std::move(key));
  }
  return std::nullopt;
}

bool VerificationKey::verify(std::string_view message, std::string_view signature) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  const char* hash = scheme_ == Scheme::kEd25519 ? nullptr : "SHA256";
  if (!digest || EVP_DigestVerifyInit_ex(digest.get(), &parameters, hash, openssl_context(),
                                         nullptr, key_.get(), nullptr) != 1) {
    throw openssl_error("signature verification is not available");
  }
  if (scheme_ == Scheme::kRsaPss &&
      (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) != 1)) {
    throw openssl_error("RSA-PSS verification is not available");
  }
  const bool is_valid = EVP_DigestVerify(digest.get(), as_bytes(signature), signature.size(),
                                         as_bytes(message), message.size()) == 1;
  if (!is_valid) openssl_error({});  // a wrong signature leaves nothing on OpenSSL's queue
  return is_valid;
}

bool VerificationKey::operator==(const VerificationKey& other) const {
  const bool is_equal = scheme_ == other.scheme_ && EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
  if (!is_equal) openssl_error({});
  return is_equal;
}

}  // namespace xsell::sync

#include "sync/signing_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <algorithm>

#include "sync/hex.h"
#include "sync/openssl_context.h"
#include "sync/sha256.h"

namespace xsell::sync {
namespace {

constexpr const char* kAlgorithm = "ED25519";

using PkeyHandle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

constexpr int kScryptSaltBytes = 16;
constexpr uint64_t kScryptN = 16384;
constexpr uint64_t kScryptR = 8;
constexpr uint64_t kScryptP = 1;

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::optional<PublicKey> PublicKey::from_raw(std::string_view raw) {
  PublicKey key;
  if (raw.size() != key.bytes.size()) return std::nullopt;
  std::copy(raw.begin(), raw.end(), key.bytes.begin());
  return key;
}

std::optional<PublicKey> PublicKey::from_hex(std::string_view text) {
  const auto raw = sync::from_hex(text);
  return raw ? from_raw(*raw) : std::nullopt;
}

std::string PublicKey::to_hex() const { return sync::to_hex(std::span<const uint8_t>(bytes)); }

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != sizeof(Signature)) return false;
  const PkeyHandle key(EVP_PKEY_new_raw_public_key_ex(openssl_context(), kAlgorithm, nullptr,
                                                      bytes.data(), bytes.size()),
                       EVP_PKEY_free);
  const DigestHandle digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!key || !digest ||
      EVP_DigestVerifyInit_ex(digest.get(), nullptr, nullptr, openssl_context(), nullptr, key.get(),
                              nullptr) != 1) {
    throw openssl_error("Ed25519 verification is not available");
  }
  const bool is_valid = EVP_DigestVerify(digest.get(), as_bytes(signature), signature.size(),
                                         as_bytes(message), message.size()) == 1;
  if (!is_valid) openssl_error({});  // a wrong signature leaves nothing on OpenSSL's queue
  return is_valid;
}

std::string PublicKey::tuf_json() const {
  return R"({"keytype":"ed25519","keyval":{"public":")" + to_hex() + R"("},"scheme":"ed25519"})";
}

std::string PublicKey::key_id() const { return sha256_hex(tuf_json()); }

struct SigningKey::Key {
  explicit Key(EVP_PKEY* key) : handle(key, EVP_PKEY_free) {}
  PkeyHandle handle;
};

SigningKey::SigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {
  size_t size = public_key_.bytes.size();
  if (!EVP_PKEY_is_a(key_->handle.get(), kAlgorithm) ||
      EVP_PKEY_get_raw_public_key(key_->handle.get(), public_key_.bytes.data(), &size) != 1) {
    throw openssl_error("the key is not an Ed25519 private key");
  }
}

SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::generate() {
  auto key = std::make_unique<Key>(EVP_PKEY_Q_keygen(openssl_context(), nullptr, kAlgorithm));
  if (!key->handle) throw openssl_error("cannot make an Ed25519 key");
  return SigningKey(std::move(key));
}

SigningKey SigningKey::from_seed(const std::array<uint8_t, 32>& seed) {
  auto key = std::make_unique<Key>(EVP_PKEY_new_raw_private_key_ex(
      openssl_context(), kAlgorithm, nullptr, seed.data(), seed.size()));
  if (!key->handle) throw openssl_error("cannot read the Ed25519 seed");
  return SigningKey(std::move(key));
}

// Without a passphrase the callback keeps OpenSSL from asking for one on the terminal.
SigningKey SigningKey::read_pem(std::string_view pem, const std::string_view* passphrase) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  if (!bio) throw openssl_error("cannot read the private key");
  const auto answer = [](char* buffer, int size, int, void* data) {
    const auto* text = static_cast<const std::string_view*>(data);
    if (text == nullptr || text->size() > static_cast<size_t>(size)) return -1;
    std::copy(text->begin(), text->end(), buffer);
    return static_cast<int>(text->size());
  };
  auto key = std::make_unique<Key>(PEM_read_bio_PrivateKey_ex(
      bio.get(), nullptr, answer, const_cast<std::string_view*>(passphrase), openssl_context(),
      nullptr));
  if (!key->handle) {
    throw openssl_error(passphrase == nullptr ? "cannot read the private key"
                                              : "the passphrase is wrong, or the key is damaged");
  }
  return SigningKey(std::move(key));
}

SigningKey SigningKey::from_pem(std::string_view pem) { return read_pem(pem, nullptr); }

SigningKey SigningKey::from_encrypted_pem(std::string_view pem, std::string_view passphrase) {
  return read_pem(pem, &passphrase);
}

bool SigningKey::is_encrypted_pem(std::string_view pem) {
  return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos;
}

std::string SigningKey::to_pem() const {
  const BioHandle bio(BIO_new(BIO_s_mem()), BIO_free_all);
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_->handle.get(), nullptr, nullptr, 0,
                                            nullptr, nullptr) != 1) {
    throw openssl_error("cannot write the private key");
  }
  return contents(bio.get());
}

std::string SigningKey::to_encrypted_pem(std::string_view passphrase) const {
  std::array<unsigned char, kScryptSaltBytes> salt{};
  std::array<unsigned char, 16> iv{};
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher(
      EVP_CIPHER_fetch(openssl_context(), "AES-256-CBC", nullptr), EVP_CIPHER_free);
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> plain(
      EVP_PKEY2PKCS8(key_->handle.get()), PKCS8_PRIV_KEY_INFO_free);
  const BioHandle bio(BIO_new(BIO_s_mem()), BIO_free_all);
  if (!cipher || !plain || !bio ||
      RAND_bytes_ex(openssl_context(), salt.data(), salt.size(), 0) != 1 ||
      RAND_bytes_ex(openssl_context(), iv.data(), iv.size(), 0) != 1) {
    throw openssl_error("cannot encrypt the private key");
  }
  X509_ALGOR* scheme = PKCS5_pbe2_set_scrypt(cipher.get(), salt.data(), salt.size(), iv.data(),
                                             kScryptN, kScryptR, kScryptP);
  if (scheme == nullptr) throw openssl_error("cannot encrypt the private key");
  const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> sealed(
      PKCS8_set0_pbe_ex(passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), scheme,
                        openssl_context(), nullptr),
      X509_SIG_free);
  if (!sealed) {
    X509_ALGOR_free(scheme);  // ours again when it was not taken
    throw openssl_error("cannot encrypt the private key");
  }
  if (PEM_write_bio_PKCS8(bio.get(), sealed.get()) != 1) {
    throw openssl_error("cannot write the private key");
  }
  return contents(bio.get());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature;
  size_t size = signature.size();
  const DigestHandle digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!digest ||
      EVP_DigestSignInit_ex(digest.get(), nullptr, nullptr, openssl_context(), nullptr,
                            key_->handle.get(), nullptr) != 1 ||
      EVP_DigestSign(digest.get(), signature.data(), &size, as_bytes(message), message.size()) !=
          1) {
    throw openssl_error("cannot sign");
  }
  return signature;
}

}  // namespace xsell::sync

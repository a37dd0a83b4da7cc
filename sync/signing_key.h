#ifndef XSELL_SYNC_SIGNING_KEY_H_
#define XSELL_SYNC_SIGNING_KEY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace xsell::sync {

using Signature = std::array<uint8_t, 64>;

// An Ed25519 public key (RFC 8032), 32 bytes.
struct PublicKey {
  std::array<uint8_t, 32> bytes{};

  static std::optional<PublicKey> from_hex(std::string_view text);
  static std::optional<PublicKey> from_raw(std::string_view bytes);
  std::string to_hex() const;

  // False for a wrong signature and for one of another length.
  bool verify(std::string_view message, std::string_view signature) const;

  // The key as TUF writes it, canonical, and its identifier: the SHA-256 of that, in hex.
  std::string tuf_json() const;
  std::string key_id() const;

  auto operator<=>(const PublicKey&) const = default;
};

// An Ed25519 private key. Threads: signing is safe from several.
// Owns: the key in OpenSSL's memory, in this library's own context (no openssl.cnf, no host
// providers). Fails: functions that cannot succeed throw std::runtime_error with OpenSSL's words.
class SigningKey {
 public:
  static SigningKey generate();
  // PKCS#8 PEM, not encrypted.
  static SigningKey from_pem(std::string_view pem);
  // PKCS#8 PEM under a passphrase, of whatever scheme OpenSSL reads.
  static SigningKey from_encrypted_pem(std::string_view pem, std::string_view passphrase);
  static bool is_encrypted_pem(std::string_view pem);
  static SigningKey from_seed(const std::array<uint8_t, 32>& seed);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  std::string to_pem() const;
  // AES-256-CBC with a key that scrypt (N 16384, r 8, p 1: 16 MiB) makes of the passphrase.
  std::string to_encrypted_pem(std::string_view passphrase) const;
  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view message) const;

 private:
  struct Key;
  explicit SigningKey(std::unique_ptr<Key> key);
  static SigningKey read_pem(std::string_view pem, const std::string_view* passphrase);

  std::unique_ptr<Key> key_;
  PublicKey public_key_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_SIGNING_KEY_H_

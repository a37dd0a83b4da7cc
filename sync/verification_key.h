#ifndef XSELL_SYNC_VERIFICATION_KEY_H_
#define XSELL_SYNC_VERIFICATION_KEY_H_

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace xsell::sync {

// A public key as TUF metadata writes it, ready to verify: ed25519, ecdsa-sha2-nistp256, or
// rsassa-pss-sha256 with 2048 to 8192 bits. HQ's own tools make Ed25519 keys; the others are those
// that live in hardware modules and cloud services. Threads: verifying is safe from several.
class VerificationKey {
 public:
  // `value` is hexadecimal for Ed25519, PEM for the others. Nothing for other types and for what
  // cannot be read: such a key does not sign.
  static std::optional<VerificationKey> read(std::string_view type, std::string_view scheme,
                                             std::string_view value);

  // False for a wrong signature of whatever length. Fails: throws std::runtime_error only if
  // OpenSSL lacks the algorithm.
  bool verify(std::string_view message, std::string_view signature) const;

  // The same key, however it was written.
  bool operator==(const VerificationKey& other) const;

 private:
  enum class Scheme : uint8_t { kEd25519, kEcdsaP256, kRsaPss };
  VerificationKey(Scheme scheme, std::shared_ptr<EVP_PKEY> key)
      : scheme_(scheme), key_(std::move(key)) {}

  Scheme scheme_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_VERIFICATION_KEY_H_

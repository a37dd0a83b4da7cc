#include "sync/tuf_keys.h"

#include <algorithm>

namespace xsell::sync::tuf {

Key::Key(const PublicKey& key)
    : type("ed25519"), scheme("ed25519"), value(key.to_hex()), json(key.tuf_json()) {}

RoleKeys role_keys(const std::vector<SigningKey>& keys, uint32_t threshold) {
  RoleKeys role;
  role.threshold = threshold;
  for (const SigningKey& key : keys) {
    role.keys.emplace(key.public_key().key_id(), key.public_key());
    role.key_ids.insert(key.public_key().key_id());
  }
  return role;
}

size_t count_signers(std::string_view signed_bytes, const std::vector<KeyIdSignature>& signatures,
                     const RoleKeys& signers) {
  std::vector<VerificationKey> signed_by;
  for (const auto& [key_id, signature] : signatures) {
    const auto listed = signers.keys.find(key_id);
    if (listed == signers.keys.end()) continue;
    const auto key = listed->second.ready();
    if (!key || !key->verify(signed_bytes, signature)) continue;
    if (std::find(signed_by.begin(), signed_by.end(), *key) == signed_by.end()) {
      signed_by.push_back(*key);
    }
  }
  return signed_by.size();
}

}  // namespace xsell::sync::tuf

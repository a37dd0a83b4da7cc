#ifndef XSELL_SYNC_TUF_KEYS_H_
#define XSELL_SYNC_TUF_KEYS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sync/signing_key.h"
#include "sync/verification_key.h"

// Who may sign what in metadata of The Update Framework.
namespace xsell::sync::tuf {

// A key as a document lists it. It is made ready only to check a signature, so that the keys of a
// document that nobody trusts yet are never looked into.
struct Key {
  Key() = default;
  Key(const PublicKey& key);  // NOLINT(google-explicit-constructor): the common kind of key

  // Nothing if the key is of a kind that is not understood here: then it does not sign.
  std::optional<VerificationKey> ready() const {
    return VerificationKey::read(type, scheme, value);
  }

  std::string type, scheme, value;
  std::string json;  // canonical, with the fields that are not understood here

  bool operator==(const Key&) const = default;
};

// The keys that may sign for a role, and how many different ones must.
struct RoleKeys {
  std::map<std::string, Key> keys;  // by identifier, which may be any text
  std::set<std::string> key_ids;    // all that the role names, listed or not
  uint32_t threshold = 1;

  bool operator==(const RoleKeys&) const = default;
};

RoleKeys role_keys(const std::vector<SigningKey>& keys, uint32_t threshold);

struct KeyIdSignature {
  std::string key_id;
  std::string signature;  // raw bytes, of any length: a malformed one simply does not count
};

// How many different keys signed the bytes. One key counts once, whatever its identifiers.
size_t count_signers(std::string_view signed_bytes, const std::vector<KeyIdSignature>& signatures,
                     const RoleKeys& signers);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_KEYS_H_

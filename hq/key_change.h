#ifndef XSELL_HQ_KEY_CHANGE_H_
#define XSELL_HQ_KEY_CHANGE_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hq/change_desk.h"
#include "hq/signing_keys.h"

namespace xsell::hq {

// What is to be done with the keys of one role.
struct KeyOrder {
  std::string role;
  std::vector<std::filesystem::path> add;  // public keys, FILE.pub
  std::vector<std::string> remove;         // key identifiers, or their first digits
  std::optional<std::uint32_t> threshold;  // as it is
  std::string user;
};

struct KeyChange {
  ChangeOutcome outcome;
  std::vector<std::string> retired;  // key files that were put out of use
};

// Changes who may sign for a role. Takes the publish lock. `unlock` is asked for encrypted root and
// targets keys that lie in the keys folder. Fails: Refused; then nothing has changed.
KeyChange change_keys(HqStore& store, const HqFolder& folder, const KeyOrder& order,
                      const Unlock& unlock, std::int64_t now_s);

// Puts a new key in the keys folder in place of the role's one key that is there, encrypted if that
// was (with `passphrase`).
KeyChange rotate_key(HqStore& store, const HqFolder& folder, const std::string& role,
                     const std::string& user, const Unlock& unlock, std::int64_t now_s);

// The same root or targets under the next version, to last longer.
KeyChange renew_document(HqStore& store, const HqFolder& folder, const std::string& role,
                         const std::string& user, const Unlock& unlock, std::int64_t now_s);

}  // namespace xsell::hq

#endif  // XSELL_HQ_KEY_CHANGE_H_

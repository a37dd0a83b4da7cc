#ifndef XSELL_HQ_SIGNING_KEYS_H_
#define XSELL_HQ_SIGNING_KEYS_H_

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/passphrase.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {

inline constexpr std::array<std::string_view, 6> kKeyRoles = {"root",      "targets", "snapshot",
                                                              "timestamp", "control", "rollout"};

// The passphrase of an encrypted key file, or nothing to do without that key.
using Unlock = std::function<std::optional<std::string>(std::string_view role,
                                                        const std::filesystem::path& file)>;

// The private keys of one HQ: files ROLE*.pem of mode 0600 in its keys folder. A role whose files
// were taken away (to a safe, to another machine) has no keys here, and what it must sign is
// refused; the same goes for encrypted files that are not unlocked. Fails: Refused with the file
// and the mend.
sync::tuf::RepositoryKeys load_signing_keys(const std::filesystem::path& folder,
                                            const Unlock& unlock = {});

// One new key for each role.
sync::tuf::RepositoryKeys make_signing_keys(const std::filesystem::path& folder);

// One key, plain or encrypted, wherever the file is.
sync::SigningKey load_key_file(const std::filesystem::path& file,
                               const PassphraseSource& passphrases);

// Writes a private key of mode 0600, encrypted if there is a passphrase, and beside it FILE.pub:
// the public key, as JSON, for those who are to trust it. Never replaces a file.
void save_key_file(const std::filesystem::path& file, const sync::SigningKey& key,
                   const std::optional<std::string>& passphrase);
std::filesystem::path public_file_of(const std::filesystem::path& key_file);
sync::tuf::Key load_public_key(const std::filesystem::path& file);
std::string key_id_of(const sync::tuf::Key& key);

// What lies in the keys folder, without a passphrase.
struct KeyFile {
  std::filesystem::path path;
  std::string_view role;
  bool is_encrypted = false;
  std::string key_id;  // empty if it is encrypted and has no FILE.pub
};
std::vector<KeyFile> list_key_files(const std::filesystem::path& folder);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SIGNING_KEYS_H_

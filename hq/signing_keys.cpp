#include "hq/signing_keys.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "hq/errors.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/canonical_json.h"
#include "sync/sha256.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
using sync::SigningKey;
using sync::tuf::Key;
using sync::tuf::RepositoryKeys;

std::vector<SigningKey>& keys_of(RepositoryKeys& keys, std::string_view role) {
  if (role == "root") return keys.root;
  if (role == "targets") return keys.targets;
  if (role == "snapshot") return keys.snapshot;
  if (role == "timestamp") return keys.timestamp;
  return role == "control" ? keys.control : keys.rollout;
}

void require_private(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Refused(fmt::format("{} can be read by others: chmod 600 {}, and think of new keys",
                              file.string(), file.string()));
  }
}

// Runs what may fail over a key file, and names the file.
template <typename Work>
auto naming(const fs::path& file, Work work) {
  try {
    return work();
  } catch (const Refused&) {
    throw;
  } catch (const std::exception& error) {
    throw Refused(fmt::format("{} is not usable as a signing key ({}): put it back from a backup",
                              file.string(), error.what()));
  }
}

std::string_view role_of(const fs::path& file) {
  const std::string name = file.filename().string();
  for (const std::string_view role : kKeyRoles) {
    if (name.starts_with(role)) return role;
  }
  return {};
}

std::vector<fs::path> pem_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".pem" && !role_of(file).empty()) files.push_back(file);
  }
  if (error) {
    throw Refused(fmt::format("cannot read the keys folder {}: {}; run as the user who owns it",
                              folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

RepositoryKeys load_signing_keys(const fs::path& folder, const Unlock& unlock) {
  RepositoryKeys keys;
  for (const fs::path& file : pem_files(folder)) {
    require_private(file);
    const std::string_view role = role_of(file);
    naming(file, [&] {
      const std::string pem = sync::read_whole_file(file);
      if (!SigningKey::is_encrypted_pem(pem)) {
        keys_of(keys, role).push_back(SigningKey::from_pem(pem));
      } else if (const auto passphrase = unlock ? unlock(role, file) : std::nullopt) {
        keys_of(keys, role).push_back(SigningKey::from_encrypted_pem(pem, *passphrase));
      }
    });
  }
  return keys;
}

RepositoryKeys make_signing_keys(const fs::path& folder) {
  RepositoryKeys keys;
  for (const std::string_view role : kKeyRoles) {
    SigningKey key = SigningKey::generate();
    save_key_file(folder / fmt::format("{}.pem", role), key, std::nullopt);
    keys_of(keys, role).push_back(std::move(key));
  }
  return keys;
}

SigningKey load_key_file(const fs::path& file, const PassphraseSource& passphrases) {
  require_private(file);
  return naming(file, [&] {
    const std::string pem = sync::read_whole_file(file);
    if (!SigningKey::is_encrypted_pem(pem)) return SigningKey::from_pem(pem);
    return SigningKey::from_encrypted_pem(pem, passphrases.for_key(file));
  });
}

fs::path public_file_of(const fs::path& key_file) {
  fs::path file = key_file;
  return file.replace_extension(".pub");
}

void save_key_file(const fs::path& file, const SigningKey& key,
                   const std::optional<std::string>& passphrase) {
  for (const fs::path& path : {file, public_file_of(file)}) {
    if (fs::exists(path)) throw Refused(fmt::format("{} is there already", path.string()));
  }
  sync::write_whole_file(file, passphrase ? key.to_encrypted_pem(*passphrase) : key.to_pem(),
                         fs::perms(0600));
  sync::write_whole_file(public_file_of(file), key.public_key().tuf_json() + "\n");
}

Key load_public_key(const fs::path& file) {
  return naming(file, [&] {
    const auto document = rules::read_json(sync::read_whole_file(file), {.integers_only = true});
    const auto* type = document.value.find("keytype");
    const auto* scheme = document.value.find("scheme");
    const auto* value = document.value.find("keyval");
    const auto* text = value == nullptr ? nullptr : value->find("public");
    if (document.error || type == nullptr || scheme == nullptr || text == nullptr) {
      throw Refused(fmt::format("{} is no public key: 'xsell-hq keys new' writes one as FILE.pub",
                                file.string()));
    }
    Key key;
    key.type = type->text;
    key.scheme = scheme->text;
    key.value = text->text;
    key.json = sync::to_olpc_canonical_json(document.value);
    if (!key.ready()) {
      throw Refused(fmt::format("{} holds a key of a kind that lanes do not know", file.string()));
    }
    return key;
  });
}

std::string key_id_of(const Key& key) { return sync::sha256_hex(key.json); }

std::vector<KeyFile> list_key_files(const fs::path& folder) {
  std::vector<KeyFile> files;
  for (const fs::path& path : pem_files(folder)) {
    KeyFile file{.path = path, .role = role_of(path), .is_encrypted = false, .key_id = {}};
    const std::string pem = sync::read_whole_file(path);
    file.is_encrypted = SigningKey::is_encrypted_pem(pem);
    if (!file.is_encrypted) {
      file.key_id = naming(path, [&] { return SigningKey::from_pem(pem).public_key().key_id(); });
    } else if (fs::exists(public_file_of(path))) {
      file.key_id = key_id_of(load_public_key(public_file_of(path)));
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace xsell::hq

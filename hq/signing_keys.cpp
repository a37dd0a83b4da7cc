#include "hq/signing_keys.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "hq/errors.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
using sync::SigningKey;
using sync::tuf::RepositoryKeys;

using RoleMember = std::vector<SigningKey> RepositoryKeys::*;
constexpr std::array<std::pair<std::string_view, RoleMember>, 4> kRoles = {{
    {"root", &RepositoryKeys::root},
    {"targets", &RepositoryKeys::targets},
    {"snapshot", &RepositoryKeys::snapshot},
    {"timestamp", &RepositoryKeys::timestamp},
}};

void require_private(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Refused(fmt::format("{} can be read by others: chmod 600 {}, and think of new keys",
                              file.string(), file.string()));
  }
}

SigningKey load_key(const fs::path& file) {
  require_private(file);
  try {
    return SigningKey::from_pem(sync::read_whole_file(file));
  } catch (const std::exception& error) {
    throw Refused(fmt::format("{} is not usable as a signing key ({}): put it back from a backup",
                              file.string(), error.what()));
  }
}

}  // namespace

RepositoryKeys load_signing_keys(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".pem") files.push_back(entry.path());
  }
  if (error) {
    throw Refused(fmt::format("cannot read the keys folder {}: {}; run as the user who owns it",
                              folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end());

  RepositoryKeys keys;
  for (const fs::path& file : files) {
    for (const auto& [role, member] : kRoles) {
      if (file.filename().string().starts_with(role)) (keys.*member).push_back(load_key(file));
    }
  }
  return keys;
}

RepositoryKeys make_signing_keys(const fs::path& folder) {
  RepositoryKeys keys;
  for (const auto& [role, member] : kRoles) {
    SigningKey key = SigningKey::generate();
    sync::write_whole_file(folder / fmt::format("{}.pem", role), key.to_pem(), fs::perms(0600));
    (keys.*member).push_back(std::move(key));
  }
  return keys;
}

}  // namespace xsell::hq

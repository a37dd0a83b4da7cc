#include "hq/commands/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace xsell::hq {

HqFolder CommandSession::folder() const {
  if (!folder_option.empty()) return HqFolder(folder_option);
  return HqFolder(environment_.variable("XSELL_HQ_FOLDER").value_or(HqFolder::kDefaultPath));
}

HqStore& CommandSession::store() {
  if (store_) return *store_;
  const HqFolder hq_folder = folder();
  if (!hq_folder.is_initialised()) {
    throw Refused(fmt::format(
        "{} is no HQ folder: run 'xsell-hq init' first, or name another one with --folder",
        hq_folder.path().string()));
  }
  store_ = std::make_unique<HqStore>(hq_folder.database().string());
  return *store_;
}

std::string CommandSession::read_token() const {
  if (token_file_option.empty()) {
    if (auto token = environment_.variable("XSELL_HQ_TOKEN")) return *token;
    throw NotAllowed("no token: set XSELL_HQ_TOKEN or give --token-file");
  }
  std::ifstream file(token_file_option);
  std::string token;
  if (!(file >> token)) {
    throw NotAllowed(fmt::format("cannot read a token from {}", token_file_option));
  }
  return token;
}

PassphraseSource CommandSession::passphrases() const {
  return {passphrase_file_option, environment_.variable(PassphraseSource::kVariable),
          environment_.ask_secret};
}

Unlock CommandSession::unlock(std::vector<std::string> roles) const {
  return
      [this, roles = std::move(roles)](
          std::string_view role, const std::filesystem::path& file) -> std::optional<std::string> {
        if (std::find(roles.begin(), roles.end(), role) == roles.end()) return std::nullopt;
        std::string passphrase = passphrases().for_key(file);
        if (passphrase.empty()) return std::nullopt;
        return passphrase;
      };
}

const User& CommandSession::require(Role role) {
  if (!user_) {
    HqStore& hq_store = store();
    user_ = Users(hq_store).find_by_token(read_token());
    if (!user_) {
      throw NotAllowed("this token belongs to no user of this HQ; ask an admin for a new one");
    }
  }
  hq::require(*user_, role);
  return *user_;
}

}  // namespace xsell::hq

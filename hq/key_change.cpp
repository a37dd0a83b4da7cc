#include "hq/key_change.h"

#include <fmt/format.h>

#include <algorithm>

#include "hq/errors.h"
#include "hq/publish_lock.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
namespace tuf = sync::tuf;

constexpr std::size_t kShortId = 12;

tuf::RoleKeys keys_in_force(const tuf::PresentState& present, const std::string& role) {
  if (role == "root") return present.root.root;
  if (role == "targets") return present.root.targets;
  if (role == "snapshot") return present.root.snapshot;
  if (role == "timestamp") return present.root.timestamp;
  const tuf::Delegation* delegation = present.targets.find_delegation(role);
  if (delegation == nullptr) throw Refused(fmt::format("targets does not delegate to {}", role));
  return delegation->signers;
}

void remove_key(tuf::RoleKeys& keys, const std::string& role, const std::string& id) {
  const auto starts_so = [&](const std::string& other) { return other.starts_with(id); };
  const auto count = std::count_if(keys.key_ids.begin(), keys.key_ids.end(), starts_so);
  if (id.empty() || count != 1) {
    throw Refused(
        fmt::format("{} keys of {} begin with \"{}\"; see 'xsell-hq keys list'", count, role, id));
  }
  std::erase_if(keys.keys, [&](const auto& entry) { return starts_so(entry.first); });
  std::erase_if(keys.key_ids, starts_so);
}

void require_usable(const tuf::RoleKeys& keys, const std::string& role) {
  if (keys.keys.size() >= keys.threshold) return;
  throw Refused(fmt::format("{} would need {} signatures and have {} keys: nobody could sign it",
                            role, keys.threshold, keys.keys.size()));
}

KeyChange submit_keys(HqStore& store, const HqFolder& folder, const std::string& role,
                      const tuf::RoleKeys& wanted, const std::string& action,
                      const std::string& user, const Unlock& unlock, std::int64_t now_s) {
  require_usable(wanted, role);
  const tuf::RepositoryKeys keys = load_signing_keys(folder.keys(), unlock);
  ChangeDesk desk(store, folder, keys);
  Json ids = Json::array();
  for (const std::string& id : wanted.key_ids) ids.push_back(id.substr(0, kShortId));
  PendingChange change;
  change.draft = desk.repository().draft_keys(role, wanted, now_s);
  change.action = action;
  change.purpose = fmt::format("the change of the {} keys", role);
  change.drafted_by = user;
  change.audit_detail = {{"role", role}, {"threshold", wanted.threshold}, {"keys", ids}};
  const auto before = listed_keys(desk.repository().present());
  KeyChange result{.outcome = desk.submit(std::move(change), now_s), .retired = {}};
  if (result.outcome.versions) result.retired = retire_keys(folder, before);
  return result;
}

}  // namespace

KeyChange change_keys(HqStore& store, const HqFolder& folder, const KeyOrder& order,
                      const Unlock& unlock, std::int64_t now_s) {
  const PublishLock lock(folder);
  require_none_pending(folder);
  const tuf::RepositoryKeys no_keys;
  const tuf::PresentState present = tuf::Repository(folder.tree(), no_keys).present();
  tuf::RoleKeys wanted = keys_in_force(present, order.role);
  for (const std::string& id : order.remove) remove_key(wanted, order.role, id);
  for (const fs::path& file : order.add) {
    const tuf::Key key = load_public_key(file);
    wanted.keys.emplace(key_id_of(key), key);
    wanted.key_ids.insert(key_id_of(key));
  }
  wanted.threshold = order.threshold.value_or(wanted.threshold);
  if (wanted == keys_in_force(present, order.role)) {
    throw Refused(fmt::format("the keys of {} are that already; nothing was changed", order.role));
  }
  return submit_keys(store, folder, order.role, wanted, "keys", order.user, unlock, now_s);
}

KeyChange rotate_key(HqStore& store, const HqFolder& folder, const std::string& role,
                     const std::string& user, const Unlock& unlock, std::int64_t now_s) {
  const PublishLock lock(folder);
  require_none_pending(folder);
  const tuf::RepositoryKeys no_keys;
  const tuf::PresentState present = tuf::Repository(folder.tree(), no_keys).present();
  tuf::RoleKeys wanted = keys_in_force(present, role);
  std::vector<KeyFile> own;
  for (const KeyFile& file : list_key_files(folder.keys())) {
    if (file.role == role && wanted.key_ids.contains(file.key_id)) own.push_back(file);
  }
  if (own.size() != 1) {
    throw Refused(
        fmt::format("{} of the {} keys are in {}: rotate one that is elsewhere with 'xsell-hq keys "
                    "new' there and 'xsell-hq keys change' here",
                    own.size(), role, folder.keys().string()));
  }

  const sync::SigningKey key = sync::SigningKey::generate();
  const std::string id = key.public_key().key_id();
  const fs::path file = folder.keys() / fmt::format("{}-{}.pem", role, id.substr(0, kShortId));
  std::optional<std::string> passphrase;
  if (own.front().is_encrypted) {
    passphrase = unlock ? unlock(role, own.front().path) : std::nullopt;
    if (!passphrase) throw Refused(fmt::format("{} is encrypted", own.front().path.string()));
    sync::SigningKey::from_encrypted_pem(sync::read_whole_file(own.front().path), *passphrase);
  }
  save_key_file(file, key, passphrase);
  remove_key(wanted, role, own.front().key_id);
  wanted.keys.emplace(id, key.public_key());
  wanted.key_ids.insert(id);
  try {
    return submit_keys(store, folder, role, wanted, "key rotation", user, unlock, now_s);
  } catch (...) {
    std::error_code ignored;
    fs::remove(file, ignored);
    fs::remove(public_file_of(file), ignored);
    throw;
  }
}

KeyChange renew_document(HqStore& store, const HqFolder& folder, const std::string& role,
                         const std::string& user, const Unlock& unlock, std::int64_t now_s) {
  const PublishLock lock(folder);
  require_none_pending(folder);
  const tuf::RepositoryKeys keys = load_signing_keys(folder.keys(), unlock);
  ChangeDesk desk(store, folder, keys);
  PendingChange change;
  change.draft = desk.repository().draft_renewal(role, now_s);
  change.action = "renewal";
  change.purpose = fmt::format("the renewal of {}", role);
  change.drafted_by = user;
  change.audit_detail = {{"role", role}};
  return {.outcome = desk.submit(std::move(change), now_s), .retired = {}};
}

}  // namespace xsell::hq

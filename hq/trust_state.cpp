#include "hq/trust_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "hq/local_time.h"
#include "hq/pending_change.h"
#include "hq/signing_keys.h"
#include "sync/limits.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {
namespace {

namespace tuf = sync::tuf;
namespace limits = sync::limits;
using KeyState = TrustState::KeyState;
using RoleState = TrustState::RoleState;

RoleState role_state(std::string role, const tuf::RoleKeys& keys,
                     const std::map<std::string, KeyState::Place>& here) {
  RoleState state;
  state.role = std::move(role);
  state.threshold = keys.threshold;
  for (const std::string& id : keys.key_ids) {
    const auto found = here.find(id);
    state.keys.push_back({id, found == here.end() ? KeyState::Place::kElsewhere : found->second});
  }
  return state;
}

void add_document(RoleState& state, std::uint64_t version, std::int64_t expires_s) {
  state.version = version;
  state.expires_s = expires_s;
}

// How long before the end of a role's document somebody must act. What the keys here can renew has
// been renewed before that.
std::int64_t notice_s(const std::string& role) {
  if (role == "root") return limits::kRootRenewal_s;
  if (role == "targets") return limits::kTargetsRenewal_s;
  if (role == "timestamp") return limits::kTimestampLifetime_s / 4;
  return limits::kPolicyLifetime_s / 4;
}

std::string mend(const std::string& role) {
  if (role == "root" || role == "targets") return fmt::format("xsell-hq keys renew {}", role);
  if (role == "control" || role == "rollout") return fmt::format("put it out again with its key");
  return "let 'xsell-hq serve' run, or 'xsell-hq timestamp' from cron";
}

void add_warnings(TrustState& state, const HqFolder& folder, std::int64_t now_s) {
  for (const RoleState& role : state.roles) {
    if (!role.expires_s || *role.expires_s - now_s >= notice_s(role.role)) continue;
    const bool is_over = *role.expires_s <= now_s;
    state.warnings.push_back(fmt::format("the {} document {} on {}: {}", role.role,
                                         is_over ? "expired" : "expires",
                                         format_time(*role.expires_s), mend(role.role)));
  }
  if (const auto pending = load_pending(folder)) {
    state.warnings.push_back(
        fmt::format("{} has waited for approvals since {}: xsell-hq approval show",
                    pending->purpose, format_time(pending->drafted_at_s)));
  }
}

}  // namespace

TrustState read_trust_state(const HqFolder& folder, std::int64_t now_s) {
  std::map<std::string, KeyState::Place> here;
  for (const KeyFile& file : list_key_files(folder.keys())) {
    here[file.key_id] =
        file.is_encrypted ? KeyState::Place::kHereEncrypted : KeyState::Place::kHere;
  }
  const tuf::RepositoryKeys no_keys;
  const tuf::Repository repository(folder.tree(), no_keys);
  const tuf::Root root = repository.root();
  const tuf::Targets targets = repository.targets();
  const tuf::Snapshot snapshot = repository.snapshot();
  const tuf::Timestamp timestamp = repository.timestamp();

  TrustState state;
  state.root_version = root.version;
  const auto add = [&](const char* name, const tuf::RoleKeys& keys, const tuf::Metadata& document) {
    state.roles.push_back(role_state(name, keys, here));
    add_document(state.roles.back(), document.version, document.expires_s);
  };
  add("root", root.root, root);
  add("targets", root.targets, targets);
  add("snapshot", root.snapshot, snapshot);
  add("timestamp", root.timestamp, timestamp);
  for (const tuf::PolicyRole role : tuf::kPolicyRoles) {
    const tuf::Delegation* delegation = targets.find_delegation(name_of(role));
    if (delegation == nullptr) continue;
    state.roles.push_back(role_state(name_of(role), delegation->signers, here));
    if (const auto policy = repository.policy(role)) {
      add_document(state.roles.back(), policy->version, policy->expires_s);
    }
  }
  add_warnings(state, folder, now_s);
  return state;
}

}  // namespace xsell::hq

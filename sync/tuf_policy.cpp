#include "sync/tuf_policy.h"

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/limits.h"

namespace xsell::sync::tuf {

std::string name_of(PolicyRole role) {
  return role == PolicyRole::kControl ? "control" : "rollout";
}

std::string target_name_of(PolicyRole role) { return name_of(role) + ".json"; }

void follow_policies(Client& client) {
  for (const PolicyRole role : kPolicyRoles) client.follow(name_of(role));
}

std::optional<Policy> trusted_policy(const Client& client, PolicyRole role) {
  const Targets* targets = client.targets();
  const Targets* document = client.delegated(name_of(role));
  if (targets == nullptr || document == nullptr) return std::nullopt;
  const Delegation* delegation = targets->find_delegation(name_of(role));
  if (delegation == nullptr || !delegation->covers(target_name_of(role))) return std::nullopt;
  return read_policy(*document, role);
}

Delegation policy_delegation(PolicyRole role, RoleKeys signers) {
  Delegation delegation;
  delegation.role = name_of(role);
  delegation.signers = std::move(signers);
  delegation.paths = {target_name_of(role)};
  delegation.is_terminating = true;
  return delegation;
}

TargetFile policy_target(PolicyRole role, std::string_view json) {
  const auto document = rules::read_json(json, {.max_bytes = limits::kPolicyBytes,
                                                .max_depth = limits::kMetadataDepth - 4,
                                                .integers_only = true});
  if (document.error || !document.value.is_object()) {
    throw Error(Problem::kFormat, "the " + name_of(role) +
                                      " document is no JSON object of at most " +
                                      std::to_string(limits::kPolicyBytes) + " bytes");
  }
  const std::string bytes = rules::to_canonical_json(document.value);
  return {.name = target_name_of(role),
          .length = bytes.size(),
          .hashes = {.sha256 = sha256(bytes)},
          .custom = bytes};
}

std::optional<Policy> read_policy(const Targets& document, PolicyRole role) {
  const auto file = document.files.find(target_name_of(role));
  if (file == document.files.end() || file->second.custom.empty()) return std::nullopt;
  return Policy{file->second.custom, document.version, document.expires_s};
}

}  // namespace xsell::sync::tuf

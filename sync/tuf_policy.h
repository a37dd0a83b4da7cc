#ifndef XSELL_SYNC_TUF_POLICY_H_
#define XSELL_SYNC_TUF_POLICY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sync/tuf_client.h"
#include "sync/tuf_metadata.h"

// Two roles that targets delegates to, each for one small document that lanes obey at once, without
// a release: control, the key of whoever is on call, and rollout, an online key of HQ. What they
// may say is the business of those who read them; neither can describe a bundle, as lanes take
// those from the targets role alone.
//
// The document is one JSON object. It stands as the "custom" data of the role's only target, so
// that one fetch brings it and the trusted metadata is all that a lane must keep; the target's file
// holds the same bytes, for other implementations.
namespace xsell::sync::tuf {

enum class PolicyRole : uint8_t { kControl, kRollout };
inline constexpr std::array kPolicyRoles = {PolicyRole::kControl, PolicyRole::kRollout};

std::string name_of(PolicyRole role);         // "control"
std::string target_name_of(PolicyRole role);  // "control.json"

struct Policy {
  std::string json;       // canonical
  uint64_t version = 0;   // rises with each document, also with one that only renews the expiry
  int64_t expires_s = 0;  // UTC; whether an expired one is still obeyed is the reader's to say
};

// At a lane: makes the client keep both documents up to date. Then trusted_policy() gives what is
// trusted after a load() or refresh(): signed, delegated and not older than one seen before.
// RefreshReport::changed_roles and role_failures tell what became of each.
void follow_policies(Client& client);
std::optional<Policy> trusted_policy(const Client& client, PolicyRole role);

// At HQ, which writes through Repository::put_policy().
Delegation policy_delegation(PolicyRole role, RoleKeys signers);
// Throws Error kFormat if it is no JSON object.
TargetFile policy_target(PolicyRole role, std::string_view json);
std::optional<Policy> read_policy(const Targets& document, PolicyRole role);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_POLICY_H_

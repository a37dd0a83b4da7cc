// What is to be published next, before anybody has signed it.
#include <algorithm>
#include <stdexcept>

#include "sync/tuf_repository.h"
#include "sync/tuf_signing.h"
#include "sync/whole_file.h"

namespace xsell::sync::tuf {
namespace {

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

void require_usable_name(const std::string& name, const Targets& targets) {
  if (!is_safe_target_name(name)) {
    throw Error(Problem::kUntrustedName, "target name \"" + name + "\" is not usable");
  }
  for (const auto& [other, file] : targets.files) {
    if (other != name && equal_but_for_case(other, name)) {
      throw Error(Problem::kUntrustedName,
                  "target names " + other + " and " + name + " differ by case only");
    }
  }
}

}  // namespace

Draft Repository::draft_release(const std::vector<NewTarget>& add,
                                const std::vector<std::string>& remove, int64_t now_s) {
  Targets next = targets();
  for (const std::string& name : remove) next.files.erase(name);
  for (const NewTarget& target : add) {
    require_usable_name(target.name, next);
    const TargetFile file{.name = target.name,
                          .length = target.bytes.size(),
                          .hashes = {.sha256 = sha256(target.bytes)},
                          .custom = target.custom};
    write_whole_file(target_path(file), target.bytes);
    next.files.insert_or_assign(file.name, file);
  }
  return {{"targets", next_targets(std::move(next), now_s)}};
}

Draft Repository::draft_keys(const std::string& role, const RoleKeys& keys, int64_t now_s) {
  Draft draft;
  Targets next = targets();
  for (const PolicyRole policy_role : kPolicyRoles) {
    if (role != name_of(policy_role)) continue;
    std::erase_if(next.delegations, [&](const Delegation& other) { return other.role == role; });
    next.delegations.push_back(policy_delegation(policy_role, keys));
    draft["targets"] = next_targets(std::move(next), now_s);
    if (auto document = policy_document(policy_role)) {
      ++document->version;
      document->expires_s = now_s + lifetimes_.policy_s;
      draft[role] = sign_document(*document, {});
    }
    return draft;
  }

  Root root = this->root();
  ++root.version;
  root.expires_s = now_s + lifetimes_.root_s;
  if (role == "root") {
    root.root = keys;
  } else if (role == "timestamp") {
    root.timestamp = keys;
  } else if (role == "snapshot") {
    root.snapshot = keys;
  } else if (role == "targets") {
    root.targets = keys;
    draft["targets"] = next_targets(std::move(next), now_s);
  } else {
    throw std::runtime_error("there is no role " + role);
  }
  draft["root"] = sign_document(root, {});
  return draft;
}

Draft Repository::draft_renewal(const std::string& role, int64_t now_s) {
  if (role == "root") return draft_keys(role, root().root, now_s);
  return {{"targets", next_targets(targets(), now_s)}};
}

std::string Repository::next_targets(Targets targets, int64_t now_s) const {
  targets.version = std::max(targets.version, skipped_targets_version_) + 1;
  targets.expires_s = now_s + lifetimes_.targets_s;
  std::string document = sign_document(targets, {});
  parse_targets(document);  // what lanes would refuse is not published
  return document;
}

}  // namespace xsell::sync::tuf

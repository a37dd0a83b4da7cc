#include "sync/tuf_draft.h"

#include <algorithm>

#include "sync/tuf_signing.h"

namespace xsell::sync::tuf {
namespace {

std::string keys_of(std::string_view role, uint64_t root_version) {
  return "the " + std::string(role) + " keys of root version " + std::to_string(root_version);
}

// Every set of keys that must sign the role's document.
std::vector<NeededSignatures> signers_of(const std::string& role, const Draft& draft,
                                         const PresentState& present) {
  const auto draft_root = draft.find("root");
  const Root root = draft_root == draft.end() ? present.root : parse_root(draft_root->second);
  if (role == "root") {
    return {{role, keys_of(role, present.root.version), present.root.root},
            {role, keys_of(role, root.version), root.root}};
  }
  if (role == "targets") return {{role, keys_of(role, root.version), root.targets}};

  const auto draft_targets = draft.find("targets");
  const Targets targets =
      draft_targets == draft.end() ? present.targets : parse_targets(draft_targets->second);
  const Delegation* delegation = targets.find_delegation(role);
  if (delegation == nullptr) {
    throw Error(Problem::kSignature, "targets does not delegate to " + role);
  }
  return {{role, "the keys of " + role, delegation->signers}};
}

bool has_signed(const Metadata& metadata, const std::string& key_id) {
  return std::any_of(metadata.signatures.begin(), metadata.signatures.end(),
                     [&](const KeyIdSignature& other) { return other.key_id == key_id; });
}

}  // namespace

Metadata read_metadata(std::string_view role, std::string_view document) {
  if (role == "root") return parse_root(document);
  return parse_targets(document);
}

std::vector<NeededSignatures> needed_signatures(const Draft& draft, const PresentState& present) {
  std::vector<NeededSignatures> result;
  for (const auto& [role, document] : draft) {
    const Metadata metadata = read_metadata(role, document);
    for (NeededSignatures& needed : signers_of(role, draft, present)) {
      needed.count = count_signers(metadata.signed_bytes, metadata.signatures, needed.signers);
      result.push_back(std::move(needed));
    }
  }
  return result;
}

bool is_signed(const Draft& draft, const PresentState& present) {
  const auto needed = needed_signatures(draft, present);
  return std::all_of(needed.begin(), needed.end(),
                     [](const NeededSignatures& one) { return one.is_met(); });
}

std::vector<std::string> sign_draft(Draft& draft, const SigningKey& key,
                                    const PresentState& present) {
  std::vector<std::string> roles;
  for (auto& [role, document] : draft) {
    const Metadata metadata = read_metadata(role, document);
    const KeyIdSignature signature = sign_as(key, metadata);
    const auto signers = signers_of(role, draft, present);
    const bool may_sign = std::any_of(signers.begin(), signers.end(), [&](const auto& needed) {
      return needed.signers.keys.contains(signature.key_id);
    });
    if (!may_sign || has_signed(metadata, signature.key_id)) continue;
    document = with_signature(document, signature);
    roles.push_back(role);
  }
  return roles;
}

void add_signature(Draft& draft, const std::string& role, const KeyIdSignature& signature,
                   const PresentState& present) {
  const auto document = draft.find(role);
  if (document == draft.end()) throw Error(Problem::kSignature, "there is no " + role + " to sign");
  const Metadata metadata = read_metadata(role, document->second);
  for (const NeededSignatures& needed : signers_of(role, draft, present)) {
    if (count_signers(metadata.signed_bytes, {signature}, needed.signers) == 0) continue;
    document->second = with_signature(document->second, signature);
    return;
  }
  throw Error(Problem::kSignature,
              "key " + signature.key_id + " did not sign this " + role + ", or may not");
}

std::string draft_id(const Draft& draft) {
  std::string text;
  for (const auto& [role, document] : draft) {
    text += role + ' ' + sha256_hex(read_metadata(role, document).signed_bytes) + '\n';
  }
  return sha256_hex(text);
}

}  // namespace xsell::sync::tuf

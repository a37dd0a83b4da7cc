#ifndef XSELL_SYNC_TUF_DRAFT_H_
#define XSELL_SYNC_TUF_DRAFT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {

// Documents of a repository's next state while their signatures are collected, by role: root,
// targets and delegated roles.
using Draft = std::map<std::string, std::string>;

// What is in force, against which a draft is judged.
struct PresentState {
  Root root;
  Targets targets;
};

// Signatures that a document needs by one set of keys: a root needs them by the old and by the new.
struct NeededSignatures {
  std::string role;
  std::string by;  // "the root keys of version 3"
  RoleKeys signers;
  size_t count = 0;  // valid ones so far, by different keys

  bool is_met() const { return count >= signers.threshold; }
};

std::vector<NeededSignatures> needed_signatures(const Draft& draft, const PresentState& present);
bool is_signed(const Draft& draft, const PresentState& present);

// Adds the key's signature to each document that it may sign and has not; the roles of these.
std::vector<std::string> sign_draft(Draft& draft, const SigningKey& key,
                                    const PresentState& present);

// Adds a signature made elsewhere. Throws Error kSignature if the key may not sign this document or
// did not sign this content.
void add_signature(Draft& draft, const std::string& role, const KeyIdSignature& signature,
                   const PresentState& present);

// Names what is to be signed, whoever has signed it by now: 64 hexadecimal digits.
std::string draft_id(const Draft& draft);

// "root" is read as a root, all else as targets.
Metadata read_metadata(std::string_view role, std::string_view document);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_DRAFT_H_

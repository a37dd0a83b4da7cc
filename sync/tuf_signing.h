#ifndef XSELL_SYNC_TUF_SIGNING_H_
#define XSELL_SYNC_TUF_SIGNING_H_

#include <string>
#include <vector>

#include "sync/signing_key.h"
#include "sync/tuf_metadata.h"

namespace xsell::sync::tuf {

// The signed document of a role, as parse_root() and its sisters read it. `signed_bytes` and
// `signatures` of the argument do not count. Fails: throws Error if a target's custom is no JSON
// object.
std::string sign_document(const Root& root, const std::vector<const SigningKey*>& keys);
std::string sign_document(const Timestamp& timestamp, const std::vector<const SigningKey*>& keys);
std::string sign_document(const Snapshot& snapshot, const std::vector<const SigningKey*>& keys);
std::string sign_document(const Targets& targets, const std::vector<const SigningKey*>& keys);

RoleKeys role_keys(const std::vector<SigningKey>& keys, uint32_t threshold);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_SIGNING_H_

#ifndef XSELL_SYNC_TUF_SIGNING_H_
#define XSELL_SYNC_TUF_SIGNING_H_

#include <string>
#include <string_view>
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

// A document that is signed by one after the other, on different machines: begun by
// sign_document() with the keys at hand, perhaps none. Gives the document with this signature
// added, in place of an earlier one of the same key. Requires: a document that was read before.
std::string with_signature(std::string_view document, const KeyIdSignature& signature);
KeyIdSignature sign_as(const SigningKey& key, const Metadata& metadata);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_SIGNING_H_

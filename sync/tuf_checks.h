#ifndef XSELL_SYNC_TUF_CHECKS_H_
#define XSELL_SYNC_TUF_CHECKS_H_

#include <optional>
#include <string>
#include <string_view>

#include "sync/metadata_store.h"
#include "sync/tuf_metadata.h"

// The single checks of the TUF client workflow: each passes or throws Error.
namespace xsell::sync::tuf {

std::string with_version(std::string_view what, uint64_t version);

// Runs what may throw and gives its failure as a value.
template <typename Work>
Failure guarded(Work work) {
  try {
    work();
    return {};
  } catch (const Error& error) {
    return error.failure();
  } catch (const std::exception& error) {
    return {Problem::kStorage, NetError::kNone, error.what()};
  }
}

void require_fresh(const Metadata& metadata, int64_t now_s, std::string_view what);
void require_version(const Metadata& metadata, const MetaFile& wanted, std::string_view what);

// 5.5.5: no role disappears or goes back. Nor has one two contents under the same version.
void require_no_rollback(const Snapshot& trusted, const Snapshot& offered);

// The document is what its parent names. Without a hash that we can tell at once, the version must
// do.
bool matches(const Metadata& metadata, const MetaFile& wanted);

// Every old key is still among the new ones: nothing was revoked.
bool keeps_keys(const RoleKeys& before, const RoleKeys& after);

// A stored document that no longer reads or verifies is as good as none: it will be fetched again.
template <typename Role>
std::optional<Role> load_role(MetadataStore& store, std::string_view role, const RoleKeys& signers,
                              Role (*parse)(std::string_view)) {
  const auto bytes = store.load(role);
  if (!bytes) return std::nullopt;
  try {
    Role document = parse(*bytes);
    require_signatures(document, signers, role);
    return document;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_CHECKS_H_

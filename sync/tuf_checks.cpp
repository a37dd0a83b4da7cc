#include "sync/tuf_checks.h"

#include <algorithm>

// Step numbers in comments are those of the specification's section 5.
namespace xsell::sync::tuf {

std::string with_version(std::string_view what, uint64_t version) {
  return std::string(what) + " version " + std::to_string(version);
}

void require_fresh(const Metadata& metadata, int64_t now_s, std::string_view what) {
  if (metadata.expires_s <= now_s) {
    throw Error(Problem::kExpired, with_version(what, metadata.version) + " expired at " +
                                       format_utc_time(metadata.expires_s));
  }
}

void require_version(const Metadata& metadata, const MetaFile& wanted, std::string_view what) {
  if (metadata.version != wanted.version) {
    throw Error(Problem::kVersion, with_version(what, metadata.version) + " came instead of " +
                                       std::to_string(wanted.version));
  }
}

void require_no_rollback(const Snapshot& trusted, const Snapshot& offered) {
  const std::string place = with_version("snapshot", offered.version);
  for (const auto& [name, file] : trusted.meta) {
    const auto found = offered.meta.find(name);
    if (found == offered.meta.end()) {
      throw Error(Problem::kRoleRemoved, place + " no longer lists " + name);
    }
    if (found->second.version < file.version) {
      throw Error(Problem::kRollback, place + " goes back from " + name + " version " +
                                          std::to_string(file.version) + " to " +
                                          std::to_string(found->second.version));
    }
    const auto& before = file.hashes;
    const auto& after = found->second.hashes;
    if (found->second.version == file.version && before && after && before->sha256 &&
        after->sha256 && before->sha256 != after->sha256) {
      throw Error(Problem::kEquivocation,
                  with_version(name, file.version) + " exists twice: trusted SHA-256 " +
                      to_hex(*before->sha256) + ", offered " + to_hex(*after->sha256));
    }
  }
}

bool matches(const Metadata& metadata, const MetaFile& wanted) {
  if (metadata.version != wanted.version) return false;
  return !wanted.hashes || wanted.hashes->sha256 == metadata.document_sha256;
}

bool keeps_keys(const RoleKeys& before, const RoleKeys& after) {
  return std::includes(after.key_ids.begin(), after.key_ids.end(), before.key_ids.begin(),
                       before.key_ids.end());
}

}  // namespace xsell::sync::tuf

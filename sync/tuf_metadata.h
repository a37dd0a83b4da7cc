#ifndef XSELL_SYNC_TUF_METADATA_H_
#define XSELL_SYNC_TUF_METADATA_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/sha256.h"
#include "sync/tuf_delegation.h"
#include "sync/tuf_error.h"
#include "sync/tuf_hashes.h"
#include "sync/tuf_keys.h"

// Metadata of The Update Framework, specification 1.0: what the four top-level roles and delegated
// targets roles say, and who signed it.
namespace xsell::sync::tuf {

// What all roles have.
struct Metadata {
  uint64_t version = 0;
  int64_t expires_s = 0;     // UTC, seconds since 1970
  Sha256 document_sha256{};  // of the whole document as it came
  std::string signed_bytes;  // the canonical form that the signatures cover
  std::vector<KeyIdSignature> signatures;
};

// What a parent says of a child document.
struct MetaFile {
  uint64_t version = 0;
  std::optional<uint64_t> length = std::nullopt;
  std::optional<Hashes> hashes = std::nullopt;
};

struct Root : Metadata {
  bool has_consistent_snapshots = false;
  RoleKeys root, timestamp, snapshot, targets;
};

inline constexpr std::string_view kSignedAtField = "x-xsell-signed-at";

struct Timestamp : Metadata {
  MetaFile snapshot;
  // When it was signed, as a field of ours that other implementations pass over: expiry alone does
  // not tell, since a copy on a stick is signed to last longer.
  std::optional<int64_t> signed_at_s;
};

struct Snapshot : Metadata {
  std::map<std::string, MetaFile> meta;  // by file name without version, such as "targets.json"
};

struct TargetFile {
  std::string name;
  uint64_t length = 0;
  Hashes hashes;
  std::string custom;  // canonical JSON of the "custom" object, or empty
};

struct Targets : Metadata {
  std::map<std::string, TargetFile> files;
  std::vector<Delegation> delegations;  // the first that covers a name has the first word

  const Delegation* find_delegation(std::string_view role) const;
};

// Strict: size and depth capped, integers only, no duplicate names, nothing behind the document.
// Unknown fields are covered by the signature and otherwise ignored. Fails: throws Error (kFormat,
// kTooLarge).
Root parse_root(std::string_view bytes);
Timestamp parse_timestamp(std::string_view bytes);
Snapshot parse_snapshot(std::string_view bytes);
Targets parse_targets(std::string_view bytes);  // a delegated role's document too

// Throws kSignature unless a threshold of different keys signed it.
void require_signatures(const Metadata& metadata, const RoleKeys& signers, std::string_view what);

// True for a name that stays in its folder wherever it is put: letters, digits and "._-", not
// starting with a dot, at most limits::kTargetNameBytes; parts separated by single slashes.
bool is_safe_target_name(std::string_view name);

// "2027-01-02T03:04:05Z" and back; nothing on any other form or on a date that does not exist.
std::optional<int64_t> parse_utc_time(std::string_view text);
std::string format_utc_time(int64_t time_s);

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_METADATA_H_

#ifndef XSELL_SYNC_PROBLEM_H_
#define XSELL_SYNC_PROBLEM_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "sync/net_error.h"

namespace xsell::sync {

// Why a sync step did not succeed. Reported by name everywhere (status, logs, HQ), so names never
// change.
enum class Problem : uint8_t {
  kNone = 0,
  // Trust: what came is not the publisher's word, or does not hold together.
  kSignature,      // fewer valid signatures than the role's threshold
  kRollback,       // older than what is trusted already
  kExpired,        // correctly signed, but too old to accept
  kVersion,        // not the version that the signed parent names
  kHash,           // not the bytes that the signed parent names
  kLength,         // not the length that the signed parent names
  kFormat,         // unreadable, or breaks a rule of its format
  kRoleRemoved,    // a snapshot no longer lists a role that it listed before
  kNoTrust,        // no trusted root to start from
  kUntrustedName,  // a target name that could leave its folder
  kEquivocation,   // one version of a document signed with two contents
  // Bundles.
  kBundle,     // header, order, count, footer or framing are wrong
  kStateHash,  // the content is not what was published
  kRefused,    // well-formed and signed, but the receiver cannot use it
  // The way there.
  kNotFound,   // the publisher has no such file
  kTooLarge,   // over the cap for its kind
  kTransport,  // see Failure::net_error
  kStorage,    // the lane's own disk
};

std::string_view name_of(Problem problem);

// What went wrong: `problem` for counting, `detail` for people, with the place and the values.
struct Failure {
  Problem problem = Problem::kNone;
  NetError net_error = NetError::kNone;  // with kTransport
  std::string detail;

  bool failed() const { return problem != Problem::kNone; }
  // One word: the problem's, or the network error's.
  std::string_view name() const;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_PROBLEM_H_

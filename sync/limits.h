#ifndef XSELL_SYNC_LIMITS_H_
#define XSELL_SYNC_LIMITS_H_

#include <cstddef>
#include <cstdint>

// Every size and default of releases, transport and uploads, in one table. Bytes unless the name
// has another unit.
namespace xsell::sync::limits {

inline constexpr uint64_t kKib = 1024;
inline constexpr uint64_t kMib = 1024 * kKib;

// Metadata, refused unread beyond these.
inline constexpr uint64_t kRootBytes = 64 * kKib;
inline constexpr uint64_t kTimestampBytes = 16 * kKib;
inline constexpr uint64_t kSnapshotBytes = 64 * kKib;
inline constexpr uint64_t kTargetsBytes = 1 * kMib;
inline constexpr int kMetadataDepth = 16;
inline constexpr size_t kPolicyBytes = 64 * kKib;    // of a control or rollout document
inline constexpr size_t kDelegationsPerSearch = 32;  // roles looked into for one target
inline constexpr int kRootsPerCycle = 256;  // the rest of a longer chain waits for the next cycle
inline constexpr uint64_t kMaxVersion = (1ULL << 53) - 1;  // what every JSON reader holds exactly
inline constexpr size_t kTargetNameBytes = 256;

// How long what HQ signs is valid, and how often it signs anew.
inline constexpr int64_t kRootLifetime_s = 365 * 86400;
inline constexpr int64_t kTargetsLifetime_s = 90 * 86400;
inline constexpr int64_t kSnapshotLifetime_s = 7 * 86400;
inline constexpr int64_t kTimestampLifetime_s = 48 * 3600;
inline constexpr int64_t kPolicyLifetime_s = 7 * 86400;  // of the roles control and rollout
inline constexpr int64_t kRootRenewal_s = 90 * 86400;    // HQ asks for a new root this long before
inline constexpr int64_t kTargetsRenewal_s = 30 * 86400;
inline constexpr int64_t kTimestampInterval_s = 3600;
inline constexpr int64_t kFrozenHead_s = 2 * kTimestampInterval_s;  // an older head raises an alarm

// Bundles.
inline constexpr uint64_t kBundleWireBytes = 64 * kMib;
inline constexpr uint64_t kBundleInflatedBytes = 512 * kMib;
inline constexpr int kBundleWindowLog = 23;  // 8 MiB
inline constexpr size_t kBundleLineBytes = 64 * kKib;
inline constexpr int kBundleCompressionLevel = 9;
inline constexpr size_t kDeltaBases = 16;  // direct deltas from so many versions back
inline constexpr uint64_t kDeltaShare_percent =
    40;  // of the bundle; a larger delta is not worth it

// Transport.
inline constexpr int64_t kConnectTimeout_ms = 10'000;
inline constexpr uint64_t kMinimumRateBytes_per_s = 2 * kKib;
inline constexpr int64_t kMinimumRateWindow_ms = 60'000;
inline constexpr int64_t kHeartbeat_ms = 25'000;
inline constexpr int64_t kStreamSilence_ms = 75'000;
inline constexpr int64_t kPollInterval_ms = 60'000;
inline constexpr int64_t kSafetyPollInterval_ms = 15 * 60'000;
inline constexpr int64_t kStreamRetry_ms = 3'600'000;
inline constexpr int64_t kBackoffBase_ms = 1'000;
inline constexpr int64_t kBackoffCap_ms = 5 * 60'000;
inline constexpr int64_t kBackoffReset_ms = 60'000;

inline constexpr int64_t kHealthInterval_ms = 60'000;   // between a lane's reports
inline constexpr int64_t kFalseHintPause_ms = 60'000;   // after a hint that brought nothing new
inline constexpr int64_t kMirrorPause_ms = 5 * 60'000;  // for a mirror that did not serve
inline constexpr int64_t kSlowLane_ms = 15 * 60'000;    // between tries while HQ denies access
inline constexpr uint32_t kHeaderBytes = 16 * kKib;     // of an HTTP response
inline constexpr size_t kEventLineBytes = 64 * kKib;    // of the event stream
inline constexpr size_t kEventBytes = 256 * kKib;

// Outcome batches.
inline constexpr size_t kOutcomeBatchEvents = 500;
inline constexpr uint64_t kOutcomeBatchBytes = 256 * kKib;  // as sent
inline constexpr size_t kOutcomeBatchInflatedBytes = 2 * kMib;
inline constexpr size_t kOutcomeBytes = 4 * kKib;  // one outcome's JSON

}  // namespace xsell::sync::limits

#endif  // XSELL_SYNC_LIMITS_H_

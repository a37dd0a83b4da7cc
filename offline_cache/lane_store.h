#ifndef XSELL_OFFLINE_CACHE_LANE_STORE_H_
#define XSELL_OFFLINE_CACHE_LANE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offline_cache/data_folder.h"
#include "offline_cache/disk_reserve.h"

namespace xsell::offline_cache {

// What is dropped first when space runs out; a lower class goes earlier.
enum class LossClass : uint8_t {
  kDetail = 0,
  kOutcome = 1,
  kTotal = 2,
  kHeldOut = 3,
  kAcknowledged = 4,  // of tombstones only: HQ had them, lost them, and the lane keeps them no more
};

struct OutboxRecord {
  LossClass loss_class = LossClass::kOutcome;
  uint64_t transaction = 0;  // records of one transaction are dropped together
  std::string_view bytes;    // as they will be sent
};

// One outcome, or the tombstone of a dropped run, which carries the run's sequence numbers so that
// no gap arises.
struct PendingRecord {
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;  // equal to first_sequence unless a tombstone
  LossClass loss_class = LossClass::kOutcome;
  uint64_t count = 1;
  bool is_tombstone = false;
  std::string bytes;  // empty for a tombstone
};

struct PendingBatch {
  uint64_t epoch = 0;
  std::vector<PendingRecord> records;  // in sequence order, without gaps
};

struct OutboxCounters {
  uint64_t pending = 0;
  uint64_t pending_bytes = 0;
  uint64_t acked_through = 0;  // of the present epoch
  uint64_t kept = 0;           // acknowledged, but not forgotten yet
  uint64_t kept_bytes = 0;
  uint64_t dropped = 0;       // outcomes that became tombstones, since the file was made
  uint64_t dead_letters = 0;  // of these: what HQ refuses for good
};

// lane.db: outcomes on their way to HQ, numbered by (epoch, sequence), and the pacing state,
// committed together. What HQ has acknowledged stays a while, so that an HQ that came back from a
// backup can be told again. Over the cap, and on a full disk, acknowledged records go first, then
// the lowest class, whole transactions at a time, the oldest first. A damaged file is set aside,
// never deleted, and a new epoch begins.
// Threads: one at a time. Fails: throws StorageError; then nothing has changed.
// Requires: the DataFolder outlives it.
class LaneStore {
 public:
  struct Options {
    std::function<uint64_t()> new_epoch;  // a random number below 2^63; required
    // HQ's digest of a record's bytes: its sum over what was acknowledged lets a checker compare.
    std::function<int64_t(std::string_view)> digest = {};
    uint64_t max_bytes = uint64_t{256} << 20;  // of what waits, with 48 bytes a record
    uint64_t kept_bytes = uint64_t{8} << 20;   // of what is acknowledged, likewise
    // The oldest records that are never dropped: they may be under way, and HQ may have them.
    size_t in_flight = 500;
    // Held back for the day the disk is full: what the log may have in store for the file.
    uint64_t reserve_bytes = uint64_t{2} << 20;
  };

  LaneStore(const DataFolder& folder, Options options);
  ~LaneStore();

  // Where the damaged file went, when opening found one.
  const std::optional<std::string>& set_aside_as() const { return set_aside_as_; }

  uint64_t epoch() const;
  uint64_t next_sequence() const;
  // Whose numbers these are: HQ's name of this lane. Empty until it is told.
  const std::string& device() const;
  // Requires: device() is empty.
  void set_device(std::string_view device);

  // One group commit: all records and the pacing state are on disk when it returns, or none of
  // them.
  void commit(std::span<const OutboxRecord> records, std::optional<std::string_view> pacing = {});

  // The oldest records within both limits, but at least one when there is any.
  PendingBatch pending(size_t max_records, size_t max_bytes);

  enum class Ack {
    kTaken,
    kOtherEpoch,
    kAhead,  // HQ has more of this epoch than was ever recorded here: this disk is an older image
  };
  // HQ has stored these. Never goes back; a stale or repeated acknowledgement changes nothing.
  Ack ack_through(uint64_t epoch, uint64_t sequence);

  // HQ has this epoch only through `sequence`, though it had acknowledged more: what is still kept
  // is pending again, the rest is told as a tombstone.
  void rewind(uint64_t epoch, uint64_t sequence);

  // HQ refuses this record for good: it becomes a tombstone, and its bytes go to the dead letters.
  void reject(uint64_t epoch, uint64_t sequence, std::string_view reason);

  // A new epoch, counting from one. What is pending moves over, in order.
  enum class Why {
    kDevice,    // HQ knows this lane by another name
    kConflict,  // HQ has other things under these numbers
    kAhead,     // HQ has more under these numbers
  };
  void begin_epoch(std::string_view device, Why why);

  std::optional<std::string> pacing() const;
  OutboxCounters counters() const;

 private:
  struct Connection;
  void open(const std::string& path);
  // Runs one transaction's work; on a full disk gives up the reserve, makes room and tries again.
  void write(const std::function<void(Connection&)>& work);

  Options options_;
  DiskReserve reserve_;
  std::unique_ptr<Connection> connection_;
  std::optional<std::string> set_aside_as_;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_LANE_STORE_H_

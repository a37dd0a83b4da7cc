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

namespace xsell::offline_cache {

// What is dropped first when space runs out; a lower class goes earlier.
enum class LossClass : uint8_t { kDetail = 0, kOutcome = 1, kTotal = 2, kHeldOut = 3 };

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
  uint64_t dropped = 0;        // outcomes that became tombstones, since the file was made
};

// lane.db: outcomes on their way to HQ, numbered by (epoch, sequence), and the pacing state,
// committed together. A damaged file is set aside, never deleted, and a new epoch begins. Threads:
// one at a time. Fails: throws StorageError. Requires: the DataFolder outlives it.
class LaneStore {
 public:
  struct Options {
    std::function<uint64_t()> new_epoch;  // a random number below 2^63; required
  };

  LaneStore(const DataFolder& folder, Options options);
  ~LaneStore();

  // Where the damaged file went, when opening found one.
  const std::optional<std::string>& set_aside_as() const { return set_aside_as_; }

  uint64_t epoch() const;
  uint64_t next_sequence() const;

  // One group commit: all records and the pacing state are on disk when it returns, or none of
  // them.
  void commit(std::span<const OutboxRecord> records, std::optional<std::string_view> pacing = {});

  // The oldest records within both limits, but at least one when there is any.
  PendingBatch pending(size_t max_records, size_t max_bytes);

  // Forgets what HQ has stored. Never goes back; a stale or repeated acknowledgement changes
  // nothing.
  void ack_through(uint64_t epoch, uint64_t sequence);

  // HQ refuses this record for good: it becomes a tombstone, and its bytes go to the dead letters.
  void reject(uint64_t epoch, uint64_t sequence, std::string_view reason);

  // A new epoch, counting from one: HQ knows nothing of the present one, or other things under its
  // numbers. What is pending moves over, in order.
  void begin_epoch();

  std::optional<std::string> pacing() const;
  OutboxCounters counters() const;

 private:
  struct Connection;
  void open(const std::string& path);

  Options options_;
  std::unique_ptr<Connection> connection_;
  std::optional<std::string> set_aside_as_;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_LANE_STORE_H_

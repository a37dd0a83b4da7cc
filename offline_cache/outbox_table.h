#ifndef XSELL_OFFLINE_CACHE_OUTBOX_TABLE_H_
#define XSELL_OFFLINE_CACHE_OUTBOX_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "offline_cache/database.h"
#include "offline_cache/lane_store.h"

namespace xsell::offline_cache {

// Bytes that a record costs beside its own, in every limit.
inline constexpr uint64_t kRecordOverheadBytes = 48;

// The rows of lane.db's table outbox: records and tombstones of one epoch (its place), in sequence
// order without gaps. Rows through the acknowledged sequence number are kept, those behind it wait.
// Threads: those of its Database. Fails: throws StorageError.
// Requires: the caller holds a transaction around what writes.
class OutboxTable {
 public:
  explicit OutboxTable(Database& database);

  struct Amount {
    uint64_t rows = 0;
    uint64_t bytes = 0;
    uint64_t cost() const { return bytes + rows * kRecordOverheadBytes; }
    Amount& operator+=(const Amount& more) {
      rows += more.rows;
      bytes += more.bytes;
      return *this;
    }
    Amount& operator-=(const Amount& less) {
      rows -= less.rows;
      bytes -= less.bytes;
      return *this;
    }
  };
  struct Sums {
    Amount waiting;
    Amount kept;
  };
  Sums count(int64_t place, uint64_t acked_through);
  uint64_t newest(int64_t place);  // the highest number there is; 0: none

  void insert(int64_t place, uint64_t sequence, const OutboxRecord& record);
  // The oldest waiting ones; a row whose bytes are damaged comes as a tombstone and is named.
  std::vector<PendingRecord> read(int64_t place, uint64_t acked_through, size_t max_records,
                                  size_t max_bytes, std::vector<uint64_t>& damaged);
  // Takes a record's bytes away and leaves its numbers.
  void entomb(int64_t place, uint64_t sequence);
  void insert_tombstone(int64_t place, const PendingRecord& tombstone);

  // Drops acknowledged rows, oldest first, until `bytes` are gone; returns what was dropped.
  Amount forget(int64_t place, uint64_t acked_through, uint64_t bytes);

  // Drops whole transactions of the lowest class there is, oldest first, then of the next class,
  // until `bytes` are gone; spares the `spared` oldest records and the newest transaction. Runs of
  // one class become one tombstone.
  struct Shed {
    uint64_t bytes = 0;  // with the overhead of their rows
    uint64_t outcomes = 0;
  };
  Shed shed(int64_t place, uint64_t acked_through, size_t spared, uint64_t bytes);

  // The rows in (after, through], and what a checker compares with HQ of them.
  struct Passed {
    Amount all;
    uint64_t outcomes = 0;  // rows that are no tombstones
    uint64_t digest = 0;    // sum of digest * (2 * sequence + 1), modulo 2^64
  };
  Passed passed(int64_t place, uint64_t after, uint64_t through,
                const std::function<int64_t(std::string_view)>& digest_of);

  // All waiting rows of `from` go to `to`, numbered from one; returns the last number.
  uint64_t move(int64_t from, uint64_t acked_through, int64_t to);

 private:
  Shed shed_class(int64_t place, uint64_t after, LossClass loss_class, uint64_t bytes);

  Database& database_;
  Statement insert_;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_OUTBOX_TABLE_H_

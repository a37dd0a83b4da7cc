#include "offline_cache/lane_store.h"

#include <algorithm>
#include <utility>

#include "offline_cache/blob_text.h"
#include "offline_cache/checksum.h"
#include "offline_cache/database.h"
#include "offline_cache/outbox_table.h"
#include "offline_cache/schemas.h"

namespace xsell::offline_cache {
namespace {

constexpr std::string_view kDropped = "dropped";
constexpr std::string_view kDeadLetters = "dead_letters";
constexpr uint64_t kMostDeadLetters = 1'000;  // whose bytes are kept; more are only counted

// Over the cap an eighth of it goes at once: looking for what can go reads the whole outbox.
constexpr uint64_t kShareShed = 8;
// On a full disk, so much at a time that the write-ahead log stays within the reserve.
constexpr uint64_t kShedWhenFull_bytes = uint64_t{256} << 10;
constexpr int kTriesWhenFull = 4;

std::string_view name_of(LaneStore::Why why) {
  switch (why) {
    case LaneStore::Why::kDevice:
      return "device";
    case LaneStore::Why::kConflict:
      return "conflict";
    case LaneStore::Why::kAhead:
      return "ahead";
  }
  return "device";
}

}  // namespace

struct LaneStore::Connection {
  explicit Connection(const std::string& path)
      : database((prepare_group_file(path), path), Database::Profile::kExclusiveDurable),
        migrated((database.check_integrity(), apply_migrations(database, kLaneMigrations),
                  require_schema(database, kLaneMigrations), true)),
        outbox(database),
        store_next(database.prepare("UPDATE epoch SET next_sequence=?2 WHERE place=?1")),
        store_pacing(database.prepare("INSERT OR REPLACE INTO pacing VALUES(1, ?1, ?2)")),
        count_up(database.prepare("INSERT INTO counter(name, value) VALUES(?1, ?2) "
                                  "ON CONFLICT(name) DO UPDATE SET value=value+excluded.value")) {}

  // What lies in the log finds its place in the file, and the log begins anew. False: it cannot.
  bool restart_log() {
    try {
      database.execute("PRAGMA wal_checkpoint(RESTART)");
      return true;
    } catch (const StorageError&) {
      return false;
    }
  }

  // On a full disk the file must not promise pages that the disk has no room for: the log could
  // not be emptied any more. What it has serves on.
  void stop_growing() {
    Statement pages = database.prepare("PRAGMA page_count");
    pages.step();
    const int64_t count = pages.column_int64(0);
    pages.reset();
    database.execute("PRAGMA max_page_count=" + std::to_string(count));
    is_full = true;
  }
  void let_grow() {
    database.execute("PRAGMA max_page_count=4294967294");
    is_full = false;
  }

  // False when there is no epoch yet.
  bool load_epoch() {
    Statement read = database.prepare(
        "SELECT place, epoch, next_sequence, acked_through, coalesce(device, ''), sent_digest "
        "FROM epoch ORDER BY place DESC LIMIT 1");
    if (!read.step()) return false;
    place = read.column_int64(0);
    epoch = static_cast<uint64_t>(read.column_int64(1));
    next_sequence = static_cast<uint64_t>(read.column_int64(2));
    acked_through = static_cast<uint64_t>(read.column_int64(3));
    device = read.column_text(4);
    sent_digest = static_cast<uint64_t>(read.column_int64(5));
    // The rows are the truth: a damaged number in the epoch's row must not give one out twice.
    if (const uint64_t newest = outbox.newest(place); newest != 0) {
      next_sequence = newest + 1;
      acked_through = std::min(acked_through, newest);
    }
    next_sequence = std::max(next_sequence, acked_through + 1);
    sums = outbox.count(place, acked_through);
    return true;
  }

  int64_t insert_epoch(uint64_t number, std::string_view device_name) {
    database
        .prepare(
            "INSERT INTO epoch(epoch, next_sequence, acked_through, device) "
            "VALUES(?1, 1, 0, nullif(?2, ''))")
        .run(number & ~(uint64_t{1} << 63), device_name);
    return database.last_insert_id();
  }

  Database database;
  bool migrated;
  OutboxTable outbox;
  Statement store_next;
  Statement store_pacing;
  Statement count_up;
  bool is_full = false;
  // As in the file, so that nobody has to count a long outbox.
  int64_t place = 0;
  uint64_t epoch = 0;
  uint64_t next_sequence = 1;
  uint64_t acked_through = 0;
  uint64_t sent_digest = 0;  // SQLite's own sum would not wrap around
  std::string device;
  OutboxTable::Sums sums;
};

LaneStore::LaneStore(const DataFolder& folder, Options options)
    : options_(std::move(options)), reserve_(folder.file("lane.reserve"), options_.reserve_bytes) {
  const std::string path = folder.file("lane.db");
  try {
    open(path);
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::kCorrupt) throw;
    connection_.reset();
    set_aside_as_ = set_aside(path);
    open(path);
  }
}

LaneStore::~LaneStore() = default;

void LaneStore::open(const std::string& path) {
  connection_ = std::make_unique<Connection>(path);
  if (connection_->load_epoch()) return;
  connection_->insert_epoch(options_.new_epoch(), "");
  connection_->load_epoch();
}

void LaneStore::write(const std::function<void(Connection&)>& work) {
  Connection& lane = *connection_;
  for (int tries = 1;; ++tries) {
    try {
      Transaction transaction(lane.database);
      work(lane);
      transaction.commit();
      if (reserve_.restore_in_time() && lane.is_full) lane.let_grow();
      return;
    } catch (const StorageError& error) {
      if (error.kind() != StorageError::Kind::kFull || tries == kTriesWhenFull) throw;
    }
    if (lane.is_full && reserve_.restore()) {
      lane.let_grow();
      continue;
    }
    if (!lane.is_full) {
      if (tries == 1 && lane.restart_log()) continue;
      reserve_.give_up();
      lane.restart_log();
      lane.stop_growing();
    }
    Transaction transaction(lane.database);
    uint64_t freed = lane.outbox.forget(lane.place, lane.acked_through, kShedWhenFull_bytes).cost();
    if (freed < kShedWhenFull_bytes) {
      const OutboxTable::Shed shed = lane.outbox.shed(
          lane.place, lane.acked_through, options_.in_flight, kShedWhenFull_bytes - freed);
      freed += shed.bytes;
      lane.count_up.run(kDropped, shed.outcomes);
    }
    transaction.commit();
    lane.sums = lane.outbox.count(lane.place, lane.acked_through);
    lane.restart_log();
    // Nothing can go: what little room the disk may have is better used than kept.
    if (freed == 0) lane.let_grow();
  }
}

uint64_t LaneStore::epoch() const { return connection_->epoch; }

uint64_t LaneStore::next_sequence() const { return connection_->next_sequence; }

const std::string& LaneStore::device() const { return connection_->device; }

void LaneStore::set_device(std::string_view device) {
  write([&](Connection& lane) {
    lane.database.prepare("UPDATE epoch SET device=?2 WHERE place=?1").run(lane.place, device);
  });
  connection_->device = device;
}

void LaneStore::commit(std::span<const OutboxRecord> records,
                       std::optional<std::string_view> pacing) {
  OutboxTable::Amount added;
  for (const OutboxRecord& record : records) added += {1, record.bytes.size()};
  OutboxTable::Sums after;
  write([&](Connection& lane) {
    uint64_t sequence = lane.next_sequence;
    for (const OutboxRecord& record : records) lane.outbox.insert(lane.place, sequence++, record);
    lane.store_next.run(lane.place, sequence);
    if (pacing) lane.store_pacing.run(blob_of(*pacing), checksum(*pacing));
    after = lane.sums;
    after.waiting += added;
    const uint64_t cost = after.waiting.cost();
    if (cost <= options_.max_bytes) return;
    const OutboxTable::Shed shed =
        lane.outbox.shed(lane.place, lane.acked_through, options_.in_flight,
                         cost - options_.max_bytes + options_.max_bytes / kShareShed);
    lane.count_up.run(kDropped, shed.outcomes);
    after = lane.outbox.count(lane.place, lane.acked_through);
  });
  connection_->next_sequence += records.size();
  connection_->sums = after;
}

PendingBatch LaneStore::pending(size_t max_records, size_t max_bytes) {
  Connection& lane = *connection_;
  PendingBatch batch;
  batch.epoch = lane.epoch;
  std::vector<uint64_t> damaged;
  batch.records = lane.outbox.read(lane.place, lane.acked_through, max_records, max_bytes, damaged);
  if (damaged.empty()) return batch;
  write([&](Connection& writer) {
    for (const uint64_t sequence : damaged) writer.outbox.entomb(writer.place, sequence);
    writer.count_up.run(kDropped, static_cast<uint64_t>(damaged.size()));
  });
  lane.sums = lane.outbox.count(lane.place, lane.acked_through);
  return batch;
}

LaneStore::Ack LaneStore::ack_through(uint64_t epoch, uint64_t sequence) {
  if (epoch != connection_->epoch) return Ack::kOtherEpoch;
  const bool is_ahead = sequence >= connection_->next_sequence;
  if (is_ahead) sequence = connection_->next_sequence - 1;
  if (sequence > connection_->acked_through) {
    OutboxTable::Sums after;
    uint64_t sent_digest = 0;
    write([&](Connection& lane) {
      const OutboxTable::Passed passed =
          lane.outbox.passed(lane.place, lane.acked_through, sequence, options_.digest);
      after = lane.sums;
      after.waiting -= passed.all;
      after.kept += passed.all;
      sent_digest = lane.sent_digest + passed.digest;
      lane.database
          .prepare(
              "UPDATE epoch SET acked_through=?2, sent_outcomes=sent_outcomes+?3, sent_digest=?4 "
              "WHERE place=?1")
          .run(lane.place, sequence, passed.outcomes, static_cast<int64_t>(sent_digest));
      if (after.kept.cost() > options_.kept_bytes) {
        const uint64_t stays = options_.kept_bytes - options_.kept_bytes / kShareShed;
        after.kept -= lane.outbox.forget(lane.place, sequence, after.kept.cost() - stays);
      }
    });
    connection_->acked_through = sequence;
    connection_->sent_digest = sent_digest;
    connection_->sums = after;
  }
  return is_ahead ? Ack::kAhead : Ack::kTaken;
}

void LaneStore::rewind(uint64_t epoch, uint64_t sequence) {
  if (epoch != connection_->epoch || sequence >= connection_->acked_through) return;
  write([&](Connection& lane) {
    Statement oldest = lane.database.prepare(
        "SELECT min(first_sequence) FROM outbox WHERE place=?1 AND last_sequence>?2");
    oldest.bind_all(lane.place, sequence);
    oldest.step();
    const uint64_t kept_from =
        oldest.is_null(0) ? lane.next_sequence : static_cast<uint64_t>(oldest.column_int64(0));
    oldest.reset();
    if (kept_from > sequence + 1) {
      PendingRecord gone;
      gone.first_sequence = sequence + 1;
      gone.last_sequence = kept_from - 1;
      gone.loss_class = LossClass::kAcknowledged;
      gone.count = kept_from - 1 - sequence;
      lane.outbox.insert_tombstone(lane.place, gone);
      // What is behind the hole is summed up anew.
      lane.database
          .prepare(
              "UPDATE epoch SET acked_through=?2, sent_outcomes=0, sent_digest=0, digest_from=?3 "
              "WHERE place=?1")
          .run(lane.place, sequence, kept_from);
      return;
    }
    const OutboxTable::Passed passed =
        lane.outbox.passed(lane.place, sequence, lane.acked_through, options_.digest);
    lane.database
        .prepare(
            "UPDATE epoch SET acked_through=?2, sent_outcomes=sent_outcomes-?3, sent_digest=?4 "
            "WHERE place=?1")
        .run(lane.place, sequence, passed.outcomes,
             static_cast<int64_t>(lane.sent_digest - passed.digest));
  });
  connection_->load_epoch();
}

void LaneStore::reject(uint64_t epoch, uint64_t sequence, std::string_view reason) {
  if (epoch != connection_->epoch || sequence <= connection_->acked_through) return;
  write([&](Connection& lane) {
    Statement find = lane.database.prepare(
        "SELECT bytes FROM outbox WHERE place=?1 AND first_sequence=?2 AND bytes IS NOT NULL");
    find.bind_all(lane.place, sequence);
    if (!find.step()) return;
    lane.database
        .prepare(
            "INSERT OR IGNORE INTO dead_letter(epoch, sequence, reason, bytes) "
            "SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM dead_letter)<?5")
        .run(epoch, sequence, reason, find.column_blob(0), kMostDeadLetters);
    find.reset();
    lane.outbox.entomb(lane.place, sequence);
    lane.count_up.run(kDropped, 1);
    lane.count_up.run(kDeadLetters, 1);
  });
  connection_->sums = connection_->outbox.count(connection_->place, connection_->acked_through);
}

void LaneStore::begin_epoch(std::string_view device, Why why) {
  write([&](Connection& lane) {
    lane.database
        .prepare("UPDATE epoch SET closed_through=acked_through, closed_reason=?2 WHERE place=?1")
        .run(lane.place, name_of(why));
    const int64_t place = lane.insert_epoch(options_.new_epoch(), device);
    const uint64_t last = lane.outbox.move(lane.place, lane.acked_through, place);
    lane.store_next.run(place, last + 1);
  });
  connection_->load_epoch();
}

std::optional<std::string> LaneStore::pacing() const {
  Statement read = connection_->database.prepare("SELECT bytes, checksum FROM pacing");
  if (!read.step()) return std::nullopt;
  std::string bytes(text_of(read.column_blob(0)));
  // Without its pacing state a lane may repeat itself once; with a wrong one it may fall silent.
  if (checksum(bytes) != read.column_int64(1)) return std::nullopt;
  return bytes;
}

OutboxCounters LaneStore::counters() const {
  Connection& lane = *connection_;
  OutboxCounters counters;
  counters.pending = lane.sums.waiting.rows;
  counters.pending_bytes = lane.sums.waiting.bytes;
  counters.acked_through = lane.acked_through;
  counters.kept = lane.sums.kept.rows;
  counters.kept_bytes = lane.sums.kept.bytes;
  Statement read = lane.database.prepare("SELECT name, value FROM counter");
  while (read.step()) {
    const auto value = static_cast<uint64_t>(read.column_int64(1));
    if (read.column_text(0) == kDropped) counters.dropped = value;
    if (read.column_text(0) == kDeadLetters) counters.dead_letters = value;
  }
  return counters;
}

}  // namespace xsell::offline_cache

#include "offline_cache/lane_store.h"

#include "offline_cache/checksum.h"
#include "offline_cache/database.h"
#include "offline_cache/schemas.h"

namespace xsell::offline_cache {
namespace {

std::string_view text(std::span<const std::byte> blob) {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}

std::span<const std::byte> blob(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

constexpr std::string_view kDropped = "dropped";

// A row whose bytes are damaged, or that HQ refuses, keeps its numbers and loses its content.
constexpr const char* kEntomb =
    "UPDATE outbox SET bytes=NULL, checksum=0 WHERE place=?1 AND first_sequence=?2 AND bytes IS "
    "NOT NULL";

}  // namespace

struct LaneStore::Connection {
  explicit Connection(const std::string& path)
      : database((prepare_group_file(path), path), Database::Profile::kExclusiveDurable),
        migrated((database.check_integrity(), apply_migrations(database, kLaneMigrations), true)),
        insert(
            database.prepare("INSERT INTO outbox(place, first_sequence, last_sequence, loss_class, "
                             "lane_transaction, outcomes, bytes, checksum) "
                             "VALUES(?1, ?2, ?2, ?3, ?4, 1, ?5, ?6)")),
        store_next(database.prepare("UPDATE epoch SET next_sequence=?2 WHERE place=?1")),
        store_pacing(database.prepare("INSERT OR REPLACE INTO pacing VALUES(1, ?1, ?2)")),
        entomb(database.prepare(kEntomb)),
        count_dropped(
            database.prepare("INSERT INTO counter(name, value) VALUES(?1, ?2) "
                             "ON CONFLICT(name) DO UPDATE SET value=value+excluded.value")) {}

  void load_epoch(const std::function<uint64_t()>& new_epoch) {
    Statement read = database.prepare(
        "SELECT place, epoch, next_sequence FROM epoch ORDER BY place DESC LIMIT 1");
    if (read.step()) {
      place = read.column_int64(0);
      epoch = static_cast<uint64_t>(read.column_int64(1));
      next_sequence = static_cast<uint64_t>(read.column_int64(2));
      return;
    }
    start_epoch(new_epoch());
  }

  void count_pending() {
    Statement sums =
        database.prepare("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM outbox");
    sums.step();
    pending = static_cast<uint64_t>(sums.column_int64(0));
    pending_bytes = static_cast<uint64_t>(sums.column_int64(1));
  }

  void start_epoch(uint64_t number) {
    number &= ~(uint64_t{1} << 63);
    database.prepare("INSERT INTO epoch(epoch, next_sequence, acked_through) VALUES(?1, 1, 0)")
        .run(number);
    place = database.last_insert_id();
    epoch = number;
    next_sequence = 1;
  }

  Database database;
  bool migrated;
  Statement insert;
  Statement store_next;
  Statement store_pacing;
  Statement entomb;
  Statement count_dropped;
  int64_t place = 0;
  uint64_t epoch = 0;
  uint64_t next_sequence = 1;
  uint64_t pending = 0;  // as in the file, so that nobody has to count a long outbox
  uint64_t pending_bytes = 0;
};

LaneStore::LaneStore(const DataFolder& folder, Options options) : options_(std::move(options)) {
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
  connection_->load_epoch(options_.new_epoch);
  connection_->count_pending();
}

uint64_t LaneStore::epoch() const { return connection_->epoch; }

uint64_t LaneStore::next_sequence() const { return connection_->next_sequence; }

void LaneStore::commit(std::span<const OutboxRecord> records,
                       std::optional<std::string_view> pacing) {
  Connection& lane = *connection_;
  Transaction transaction(lane.database);
  uint64_t sequence = lane.next_sequence;
  for (const OutboxRecord& record : records) {
    lane.insert.run(lane.place, sequence, static_cast<int64_t>(record.loss_class),
                    static_cast<int64_t>(record.transaction), blob(record.bytes),
                    checksum(record.bytes));
    ++sequence;
  }
  lane.store_next.run(lane.place, sequence);
  if (pacing) lane.store_pacing.run(blob(*pacing), checksum(*pacing));
  transaction.commit();
  lane.next_sequence = sequence;
  lane.pending += records.size();
  for (const OutboxRecord& record : records) lane.pending_bytes += record.bytes.size();
}

PendingBatch LaneStore::pending(size_t max_records, size_t max_bytes) {
  Connection& lane = *connection_;
  PendingBatch batch;
  std::vector<uint64_t> damaged;
  int64_t place = 0;
  {
    size_t bytes = 0;
    Statement rows = lane.database.prepare(
        "SELECT o.place, e.epoch, first_sequence, last_sequence, loss_class, outcomes, bytes, "
        "checksum "
        "FROM outbox o JOIN epoch e ON e.place=o.place "
        "WHERE o.place=(SELECT min(place) FROM outbox) ORDER BY first_sequence LIMIT ?1");
    rows.bind(1, static_cast<uint64_t>(max_records));
    while (rows.step()) {
      const std::string_view content = text(rows.column_blob(6));
      if (!batch.records.empty() && bytes + content.size() > max_bytes) break;
      place = rows.column_int64(0);
      batch.epoch = static_cast<uint64_t>(rows.column_int64(1));
      PendingRecord& record = batch.records.emplace_back();
      record.first_sequence = static_cast<uint64_t>(rows.column_int64(2));
      record.last_sequence = static_cast<uint64_t>(rows.column_int64(3));
      record.loss_class = static_cast<LossClass>(rows.column_int64(4));
      record.count = static_cast<uint64_t>(rows.column_int64(5));
      record.is_tombstone = rows.is_null(6);
      if (!record.is_tombstone && checksum(content) != rows.column_int64(7)) {
        record.is_tombstone = true;
        damaged.push_back(record.first_sequence);
      }
      if (!record.is_tombstone) record.bytes = content;
      bytes += record.bytes.size();
    }
  }
  if (!damaged.empty()) {
    Transaction transaction(lane.database);
    for (const uint64_t sequence : damaged) lane.entomb.run(place, sequence);
    lane.count_dropped.run(kDropped, static_cast<uint64_t>(damaged.size()));
    transaction.commit();
    lane.count_pending();
  }
  return batch;
}

void LaneStore::ack_through(uint64_t epoch, uint64_t sequence) {
  Connection& lane = *connection_;
  int64_t place = 0;
  uint64_t last = 0;
  {
    Statement read =
        lane.database.prepare("SELECT place, next_sequence-1 FROM epoch WHERE epoch=?1");
    read.bind(1, epoch);
    if (!read.step()) return;
    place = read.column_int64(0);
    last = static_cast<uint64_t>(read.column_int64(1));
  }
  // HQ cannot have stored what was never numbered.
  if (sequence > last) sequence = last;
  Transaction transaction(lane.database);
  uint64_t sent = 0;
  uint64_t sent_bytes = 0;
  {
    Statement forget = lane.database.prepare(
        "DELETE FROM outbox WHERE place=?1 AND last_sequence<=?2 "
        "RETURNING coalesce(length(bytes), 0)");
    forget.bind_all(place, sequence);
    while (forget.step()) {
      ++sent;
      sent_bytes += static_cast<uint64_t>(forget.column_int64(0));
    }
  }
  lane.database.prepare("UPDATE epoch SET acked_through=max(acked_through, ?2) WHERE place=?1")
      .run(place, sequence);
  transaction.commit();
  lane.pending -= sent;
  lane.pending_bytes -= sent_bytes;
}

void LaneStore::reject(uint64_t epoch, uint64_t sequence, std::string_view reason) {
  Connection& lane = *connection_;
  Transaction transaction(lane.database);
  lane.database
      .prepare(
          "INSERT OR IGNORE INTO dead_letter(epoch, sequence, reason, bytes) "
          "SELECT e.epoch, first_sequence, ?3, bytes FROM outbox o JOIN epoch e ON e.place=o.place "
          "WHERE e.epoch=?1 AND first_sequence=?2 AND bytes IS NOT NULL")
      .run(epoch, sequence, reason);
  if (lane.database.changed_rows() != 0) {
    Statement find = lane.database.prepare("SELECT place FROM epoch WHERE epoch=?1");
    find.bind(1, epoch);
    find.step();
    lane.entomb.run(find.column_int64(0), sequence);
    lane.count_dropped.run(kDropped, 1);
  }
  transaction.commit();
  lane.count_pending();
}

void LaneStore::begin_epoch() {
  Connection& lane = *connection_;
  Transaction transaction(lane.database);
  lane.start_epoch(options_.new_epoch());
  // Each row takes as many numbers as it had: a tombstone covers a run.
  lane.database
      .prepare(
          "WITH moved AS (SELECT place, first_sequence, "
          "sum(last_sequence-first_sequence+1) OVER (ORDER BY place, first_sequence) AS last, "
          "last_sequence-first_sequence AS span FROM outbox WHERE place<?1) "
          "UPDATE outbox SET place=?1, first_sequence=moved.last-moved.span, "
          "last_sequence=moved.last FROM moved "
          "WHERE outbox.place=moved.place AND outbox.first_sequence=moved.first_sequence")
      .run(lane.place);
  Statement last =
      lane.database.prepare("SELECT coalesce(max(last_sequence), 0) FROM outbox WHERE place=?1");
  last.bind(1, lane.place);
  last.step();
  lane.next_sequence = static_cast<uint64_t>(last.column_int64(0)) + 1;
  lane.store_next.run(lane.place, lane.next_sequence);
  transaction.commit();
}

std::optional<std::string> LaneStore::pacing() const {
  Statement read = connection_->database.prepare("SELECT bytes, checksum FROM pacing");
  if (!read.step()) return std::nullopt;
  std::string bytes(text(read.column_blob(0)));
  // Without its pacing state a lane may repeat itself once; with a wrong one it may fall silent.
  if (checksum(bytes) != read.column_int64(1)) return std::nullopt;
  return bytes;
}

OutboxCounters LaneStore::counters() const {
  Connection& lane = *connection_;
  OutboxCounters counters;
  counters.pending = lane.pending;
  counters.pending_bytes = lane.pending_bytes;
  Statement acked = lane.database.prepare("SELECT acked_through FROM epoch WHERE place=?1");
  acked.bind(1, lane.place);
  acked.step();
  counters.acked_through = static_cast<uint64_t>(acked.column_int64(0));
  Statement dropped = lane.database.prepare("SELECT value FROM counter WHERE name=?1");
  dropped.bind(1, kDropped);
  if (dropped.step()) counters.dropped = static_cast<uint64_t>(dropped.column_int64(0));
  return counters;
}

}  // namespace xsell::offline_cache

#include "offline_cache/outbox_table.h"

#include <algorithm>
#include <unordered_set>

#include "offline_cache/blob_text.h"
#include "offline_cache/checksum.h"

namespace xsell::offline_cache {
namespace {

// The first row behind the acknowledged ones; a tombstone may begin before and end behind.
constexpr const char* kFirstWaiting =
    "first_sequence>=coalesce((SELECT max(first_sequence) FROM outbox WHERE place=?1 AND "
    "first_sequence<=?2+1), 0) AND last_sequence>?2";

uint64_t unsigned_column(const Statement& row, int column) {
  return static_cast<uint64_t>(row.column_int64(column));
}

// Neighbouring tombstones of one class become one.
class TombstoneRuns {
 public:
  struct Run {
    PendingRecord tombstone;
    bool is_new = false;  // not as it stands in the file
  };

  // Rows come in sequence order; `is_new` when the row was a record until now.
  void add(uint64_t first, uint64_t last, LossClass loss_class, uint64_t outcomes, bool is_new) {
    Run* run = runs_.empty() ? nullptr : &runs_.back();
    if (run && run->tombstone.last_sequence + 1 == first &&
        run->tombstone.loss_class == loss_class) {
      run->tombstone.last_sequence = last;
      run->tombstone.count += outcomes;
      run->is_new = true;
      return;
    }
    Run next;
    next.tombstone.first_sequence = first;
    next.tombstone.last_sequence = last;
    next.tombstone.loss_class = loss_class;
    next.tombstone.count = outcomes;
    next.tombstone.is_tombstone = true;
    next.is_new = is_new;
    runs_.push_back(std::move(next));
  }

  const std::vector<Run>& runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
};

}  // namespace

OutboxTable::OutboxTable(Database& database)
    : database_(database),
      insert_(database.prepare("INSERT INTO outbox(place, first_sequence, last_sequence, "
                               "loss_class, lane_transaction, outcomes, bytes, checksum) "
                               "VALUES(?1, ?2, ?2, ?3, ?4, 1, ?5, ?6)")) {}

OutboxTable::Sums OutboxTable::count(int64_t place, uint64_t acked_through) {
  Statement read = database_.prepare(
      "SELECT last_sequence>?2, count(*), coalesce(sum(length(bytes)), 0) FROM outbox "
      "WHERE place=?1 GROUP BY 1");
  read.bind_all(place, acked_through);
  Sums sums;
  while (read.step()) {
    Amount& amount = read.column_int64(0) != 0 ? sums.waiting : sums.kept;
    amount = {unsigned_column(read, 1), unsigned_column(read, 2)};
  }
  return sums;
}

uint64_t OutboxTable::newest(int64_t place) {
  Statement last =
      database_.prepare("SELECT coalesce(max(last_sequence), 0) FROM outbox WHERE place=?1");
  last.bind(1, place);
  last.step();
  return unsigned_column(last, 0);
}

void OutboxTable::insert(int64_t place, uint64_t sequence, const OutboxRecord& record) {
  insert_.run(place, sequence, static_cast<int64_t>(record.loss_class),
              static_cast<int64_t>(record.transaction), blob_of(record.bytes),
              checksum(record.bytes));
}

std::vector<PendingRecord> OutboxTable::read(int64_t place, uint64_t acked_through,
                                             size_t max_records, size_t max_bytes,
                                             std::vector<uint64_t>& damaged) {
  std::vector<PendingRecord> records;
  size_t bytes = 0;
  Statement rows = database_.prepare(
      std::string("SELECT first_sequence, last_sequence, loss_class, outcomes, bytes, checksum "
                  "FROM outbox WHERE place=?1 AND ") +
      kFirstWaiting + " ORDER BY first_sequence LIMIT ?3");
  rows.bind_all(place, acked_through, static_cast<uint64_t>(max_records));
  while (rows.step()) {
    const std::string_view content = text_of(rows.column_blob(4));
    if (!records.empty() && bytes + content.size() > max_bytes) break;
    PendingRecord& record = records.emplace_back();
    record.first_sequence = unsigned_column(rows, 0);
    record.last_sequence = unsigned_column(rows, 1);
    record.loss_class = static_cast<LossClass>(rows.column_int64(2));
    record.count = unsigned_column(rows, 3);
    record.is_tombstone = rows.is_null(4);
    if (!record.is_tombstone && checksum(content) != rows.column_int64(5)) {
      record.is_tombstone = true;
      damaged.push_back(record.first_sequence);
    }
    if (!record.is_tombstone) record.bytes = content;
    bytes += record.bytes.size();
  }
  return records;
}

void OutboxTable::entomb(int64_t place, uint64_t sequence) {
  database_
      .prepare(
          "UPDATE outbox SET bytes=NULL, checksum=0 WHERE place=?1 AND first_sequence=?2 AND "
          "bytes IS NOT NULL")
      .run(place, sequence);
}

void OutboxTable::insert_tombstone(int64_t place, const PendingRecord& tombstone) {
  database_
      .prepare(
          "INSERT INTO outbox(place, first_sequence, last_sequence, loss_class, lane_transaction, "
          "outcomes, bytes, checksum) VALUES(?1, ?2, ?3, ?4, 0, ?5, NULL, 0)")
      .run(place, tombstone.first_sequence, tombstone.last_sequence,
           static_cast<int64_t>(tombstone.loss_class), tombstone.count);
}

OutboxTable::Amount OutboxTable::forget(int64_t place, uint64_t acked_through, uint64_t bytes) {
  Amount forgotten;
  uint64_t through = 0;
  {
    Statement rows = database_.prepare(
        "SELECT last_sequence, coalesce(length(bytes), 0) FROM outbox "
        "WHERE place=?1 AND last_sequence<=?2 AND first_sequence<=?2 ORDER BY first_sequence");
    rows.bind_all(place, acked_through);
    while (forgotten.cost() < bytes && rows.step()) {
      through = unsigned_column(rows, 0);
      forgotten += {1, unsigned_column(rows, 1)};
    }
  }
  if (through != 0) {
    database_
        .prepare("DELETE FROM outbox WHERE place=?1 AND last_sequence<=?2 AND first_sequence<=?2")
        .run(place, through);
  }
  return forgotten;
}

OutboxTable::Shed OutboxTable::shed(int64_t place, uint64_t acked_through, size_t spared,
                                    uint64_t bytes) {
  uint64_t after = 0;
  {
    Statement last_spared = database_.prepare(
        std::string("SELECT max(last_sequence) FROM (SELECT last_sequence FROM outbox "
                    "WHERE place=?1 AND ") +
        kFirstWaiting + " ORDER BY first_sequence LIMIT ?3)");
    last_spared.bind_all(place, acked_through, static_cast<uint64_t>(spared));
    last_spared.step();
    after = std::max(unsigned_column(last_spared, 0), acked_through);
  }
  Shed all;
  for (const LossClass loss_class :
       {LossClass::kDetail, LossClass::kOutcome, LossClass::kTotal, LossClass::kHeldOut}) {
    if (all.bytes >= bytes) break;
    const Shed some = shed_class(place, after, loss_class, bytes - all.bytes);
    all.bytes += some.bytes;
    all.outcomes += some.outcomes;
  }
  return all;
}

OutboxTable::Shed OutboxTable::shed_class(int64_t place, uint64_t after, LossClass loss_class,
                                          uint64_t bytes) {
  Shed shed;
  TombstoneRuns runs;
  {
    int64_t newest = 0;
    Statement last = database_.prepare(
        "SELECT lane_transaction FROM outbox WHERE place=?1 ORDER BY first_sequence DESC LIMIT 1");
    last.bind(1, place);
    if (last.step()) newest = last.column_int64(0);

    std::unordered_set<int64_t> transactions;
    Statement rows = database_.prepare(
        "SELECT first_sequence, last_sequence, loss_class, lane_transaction, outcomes, "
        "length(bytes) FROM outbox WHERE place=?1 AND first_sequence>?2 ORDER BY first_sequence");
    rows.bind_all(place, after);
    while (rows.step()) {
      const auto row_class = static_cast<LossClass>(rows.column_int64(2));
      const bool is_tombstone = rows.is_null(5);
      if (!is_tombstone) {
        if (row_class != loss_class) continue;
        const int64_t transaction = rows.column_int64(3);
        if (!transactions.contains(transaction)) {
          // More rows of the newest may be on their way.
          if (shed.bytes >= bytes || transaction == newest) continue;
          transactions.insert(transaction);
        }
        shed.bytes += unsigned_column(rows, 5) + kRecordOverheadBytes;
        ++shed.outcomes;
      }
      runs.add(unsigned_column(rows, 0), unsigned_column(rows, 1), row_class,
               unsigned_column(rows, 4), !is_tombstone);
    }
  }
  if (shed.outcomes == 0) return shed;
  Statement clear =
      database_.prepare("DELETE FROM outbox WHERE place=?1 AND first_sequence BETWEEN ?2 AND ?3");
  for (const TombstoneRuns::Run& run : runs.runs()) {
    if (!run.is_new) continue;
    clear.run(place, run.tombstone.first_sequence, run.tombstone.last_sequence);
    insert_tombstone(place, run.tombstone);
  }
  return shed;
}

OutboxTable::Passed OutboxTable::passed(int64_t place, uint64_t after, uint64_t through,
                                        const std::function<int64_t(std::string_view)>& digest_of) {
  Passed passed;
  Statement rows = database_.prepare(
      std::string("SELECT first_sequence, bytes FROM outbox WHERE place=?1 AND ") + kFirstWaiting +
      " AND first_sequence<=?3 AND last_sequence<=?3");
  rows.bind_all(place, after, through);
  while (rows.step()) {
    const std::string_view bytes = text_of(rows.column_blob(1));
    passed.all += {1, bytes.size()};
    if (rows.is_null(1)) continue;
    ++passed.outcomes;
    // Odd factors: two records that changed places change the sum.
    if (digest_of) {
      passed.digest += static_cast<uint64_t>(digest_of(bytes)) * (2 * unsigned_column(rows, 0) + 1);
    }
  }
  return passed;
}

uint64_t OutboxTable::move(int64_t from, uint64_t acked_through, int64_t to) {
  // What a tombstone across the border stands for before it, HQ has been told.
  database_
      .prepare(
          "UPDATE outbox SET outcomes=min(outcomes, last_sequence-?2), first_sequence=?2+1 "
          "WHERE place=?1 AND first_sequence<=?2 AND last_sequence>?2")
      .run(from, acked_through);
  database_.prepare("DELETE FROM outbox WHERE place=?1 AND last_sequence<=?2")
      .run(from, acked_through);
  // Each row takes as many numbers as it had.
  database_
      .prepare(
          "WITH moved AS (SELECT first_sequence, "
          "sum(last_sequence-first_sequence+1) OVER (ORDER BY first_sequence) AS last, "
          "last_sequence-first_sequence AS span FROM outbox WHERE place=?1) "
          "UPDATE outbox SET place=?2, first_sequence=moved.last-moved.span, "
          "last_sequence=moved.last FROM moved "
          "WHERE outbox.place=?1 AND outbox.first_sequence=moved.first_sequence")
      .run(from, to);
  return newest(to);
}

}  // namespace xsell::offline_cache

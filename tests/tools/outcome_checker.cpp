#include "tests/tools/outcome_checker.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "offline_cache/blob_text.h"
#include "offline_cache/database.h"
#include "offline_cache/schemas.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/identity.h"
#include "sync/outcome_batch.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/stored_outcome.h"

namespace xsell::tests {
namespace {

namespace fs = std::filesystem;
using offline_cache::Database;
using offline_cache::Statement;

constexpr size_t kMostExamples = 10;

// The lane's lock, so that it cannot start while its files are copied.
class StoppedLane {
 public:
  explicit StoppedLane(const std::string& folder)
      : lock_(::open((folder + "/lock").c_str(), O_RDONLY | O_CLOEXEC)) {
    if (lock_ >= 0 && ::flock(lock_, LOCK_SH | LOCK_NB) != 0) {
      ::close(lock_);
      throw CannotCheck(folder + ": the lane is running; stop the till's program first");
    }
  }
  ~StoppedLane() {
    if (lock_ >= 0) ::close(lock_);
  }
  StoppedLane(const StoppedLane&) = delete;
  StoppedLane& operator=(const StoppedLane&) = delete;

 private:
  const int lock_;
};

struct Epoch {
  int64_t place = 0;
  uint64_t epoch = 0;
  uint64_t recorded = 0;
  uint64_t acked = 0;
  std::optional<uint64_t> closed_through;
  bool is_left = false;  // closed since HQ has another life of this disk under its numbers
  uint64_t sent_outcomes = 0;
  uint64_t sent_digest = 0;
  uint64_t digest_from = 1;
  std::string device;
};

// lane.db, from a copy: opening it must not change what a lane will find.
class LaneRecords {
 public:
  explicit LaneRecords(const std::string& folder)
      : database_((copy(folder), copy_.file("lane.db")), Database::Profile::kExclusiveDurable) {
    offline_cache::apply_migrations(database_, offline_cache::kLaneMigrations);
  }

  std::vector<Epoch> epochs(const std::string& device_now) {
    Statement rows = database_.prepare(
        "SELECT place, epoch, next_sequence, acked_through, closed_through, "
        "coalesce(closed_reason, ''), sent_outcomes, sent_digest, digest_from, "
        "coalesce(device, '') FROM epoch ORDER BY place");
    std::vector<Epoch> found;
    while (rows.step()) {
      Epoch& epoch = found.emplace_back();
      epoch.place = rows.column_int64(0);
      epoch.epoch = unsigned_column(rows, 1);
      epoch.recorded = unsigned_column(rows, 2) - 1;
      epoch.acked = unsigned_column(rows, 3);
      if (!rows.is_null(4)) epoch.closed_through = unsigned_column(rows, 4);
      epoch.is_left = rows.column_text(5) == "conflict" || rows.column_text(5) == "ahead";
      epoch.sent_outcomes = unsigned_column(rows, 6);
      epoch.sent_digest = unsigned_column(rows, 7);
      epoch.digest_from = unsigned_column(rows, 8);
      epoch.device = rows.column_text(9);
      if (epoch.device.empty()) epoch.device = device_now;
    }
    return found;
  }

  // Digests of the records that are still there, by sequence number.
  std::map<uint64_t, int64_t> digests(int64_t place) {
    Statement rows = database_.prepare(
        "SELECT first_sequence, bytes FROM outbox WHERE place=?1 AND bytes IS NOT NULL");
    rows.bind(1, place);
    std::map<uint64_t, int64_t> found;
    while (rows.step()) {
      found[unsigned_column(rows, 0)] =
          sync::outcome_digest(offline_cache::text_of(rows.column_blob(1)));
    }
    return found;
  }

  static uint64_t unsigned_column(const Statement& row, int column) {
    return static_cast<uint64_t>(row.column_int64(column));
  }

 private:
  void copy(const std::string& folder) const {
    if (!fs::exists(folder + "/lane.db"))
      throw CannotCheck(folder + ": there is no lane.db; name a lane's data folder");
    for (const char* name : {"lane.db", "lane.db-wal"}) {
      if (fs::exists(folder + "/" + name)) fs::copy_file(folder + "/" + name, copy_.file(name));
    }
  }

  TemporaryFolder copy_;
  Database database_;
};

std::string device_of(const std::string& folder) {
  const std::string text = read_text(folder + "/identity.json");
  if (text.empty()) return {};
  try {
    return sync::parse_identity(text).device;
  } catch (const std::exception& error) {
    throw CannotCheck(folder + ": " + error.what());
  }
}

class Checker {
 public:
  Checker(LaneRecords& lane, Database& hq) : lane_(lane), hq_(hq) {}

  void check(const Epoch& epoch) {
    ++result_.epochs;
    // What moved on to the next epoch is counted there.
    result_.recorded += epoch.closed_through.value_or(epoch.recorded);
    result_.acknowledged += epoch.acked;
    result_.pending += epoch.closed_through ? 0 : epoch.recorded - epoch.acked;
    std::vector<bool> is_there(epoch.acked + 1, false);
    const std::map<uint64_t, int64_t> kept = lane_.digests(epoch.place);
    check_stored(epoch, kept, is_there);
    check_taken(epoch, is_there);
    for (uint64_t sequence = 1; sequence <= epoch.acked; ++sequence) {
      if (!is_there[sequence]) wrong(result_.lost, "lost", epoch, sequence);
    }
  }

  void check_unknown(const std::set<std::pair<std::string, uint64_t>>& known) {
    std::set<std::string> devices;
    for (const auto& [device, epoch] : known) devices.insert(device);
    for (const std::string& device : devices) {
      Statement rows = hq_.prepare(
          "SELECT epoch, count(*), min(sequence) FROM outcomes WHERE device=?1 GROUP BY epoch");
      rows.bind(1, device);
      while (rows.step()) {
        const uint64_t epoch = LaneRecords::unsigned_column(rows, 0);
        if (known.contains({device, epoch})) continue;
        if (is_cloned(device)) {
          result_.foreign += LaneRecords::unsigned_column(rows, 1);
          continue;
        }
        Epoch unknown;
        unknown.epoch = epoch;
        unknown.device = device;
        wrong(result_.invented, "of an epoch that this lane does not know", unknown,
              LaneRecords::unsigned_column(rows, 2));
        result_.invented += LaneRecords::unsigned_column(rows, 1) - 1;
      }
    }
  }

  CheckResult& result() { return result_; }

 private:
  void check_stored(const Epoch& epoch, const std::map<uint64_t, int64_t>& kept,
                    std::vector<bool>& is_there) {
    Statement rows = hq_.prepare(std::string("SELECT ") + kStoredColumns +
                                 " FROM outcomes WHERE device=?1 AND epoch=?2 ORDER BY sequence");
    rows.bind_all(epoch.device, static_cast<int64_t>(epoch.epoch));
    uint64_t outcomes = 0;
    uint64_t digest = 0;
    const uint64_t through = epoch.closed_through.value_or(epoch.recorded);
    while (rows.step()) {
      const StoredOutcome stored = read_stored(rows);
      if (stored.sequence > through && epoch.is_left) {
        ++result_.foreign;
        continue;
      }
      ++result_.stored;
      if (stored.sequence > through) {
        if (epoch.closed_through && stored.sequence <= epoch.recorded) {
          wrong(result_.duplicate, "sent again in a later epoch", epoch, stored.sequence);
        } else {
          wrong(result_.invented, "never recorded here", epoch, stored.sequence);
        }
        continue;
      }
      if (sync::outcome_digest(sync::encode_outcome(stored.outcome)) != stored.digest) {
        wrong(result_.altered, "not what its digest says", epoch, stored.sequence);
      } else if (const auto here = kept.find(stored.sequence);
                 here != kept.end() && here->second != stored.digest) {
        wrong(result_.altered, "not what the lane recorded", epoch, stored.sequence);
        continue;  // the sums differ for that reason
      }
      if (stored.sequence > epoch.acked) continue;
      is_there[stored.sequence] = true;
      if (stored.sequence < epoch.digest_from) continue;
      ++outcomes;
      digest += static_cast<uint64_t>(stored.digest) * (2 * stored.sequence + 1);
    }
    const bool is_same = outcomes == epoch.sent_outcomes && digest == epoch.sent_digest;
    if (!is_same && result_.altered == 0 && outcomes >= epoch.sent_outcomes) {
      wrong(result_.altered, "the sum over what was acknowledged differs", epoch, epoch.acked);
    }
  }

  // Numbers that HQ has as given up or as unreadable.
  void check_taken(const Epoch& epoch, std::vector<bool>& is_there) {
    Statement lost = hq_.prepare(
        "SELECT first_sequence, last_sequence, count FROM lost_outcomes "
        "WHERE device=?1 AND epoch=?2");
    lost.bind_all(epoch.device, static_cast<int64_t>(epoch.epoch));
    while (lost.step()) {
      result_.tombstoned += LaneRecords::unsigned_column(lost, 2);
      const uint64_t last = std::min(LaneRecords::unsigned_column(lost, 1), epoch.acked);
      for (uint64_t at = LaneRecords::unsigned_column(lost, 0); at <= last; ++at) {
        is_there[at] = true;
      }
    }
    Statement rejected =
        hq_.prepare("SELECT sequence FROM rejected_outcomes WHERE device=?1 AND epoch=?2");
    rejected.bind_all(epoch.device, static_cast<int64_t>(epoch.epoch));
    while (rejected.step()) {
      ++result_.rejected;
      const uint64_t sequence = LaneRecords::unsigned_column(rejected, 0);
      if (sequence <= epoch.acked) is_there[sequence] = true;
    }
  }

  // HQ has seen two disks send under this name; the other's later epochs are not this lane's to
  // know.
  bool is_cloned(const std::string& device) {
    Statement alarm = hq_.prepare("SELECT 1 FROM alarms WHERE kind='conflict' AND subject=?1");
    return alarm.bind_all(device).step();
  }

  void wrong(uint64_t& count, std::string_view what, const Epoch& epoch, uint64_t sequence) {
    ++count;
    if (result_.examples.size() == kMostExamples) return;
    result_.examples.push_back("epoch " + std::to_string(epoch.epoch) + ", outcome " +
                               std::to_string(sequence) + ": " + std::string(what));
  }

  LaneRecords& lane_;
  Database& hq_;
  CheckResult result_;
};

}  // namespace

CheckResult check_outcomes(const std::string& lane_folder, const std::string& hq_database) {
  if (!fs::is_directory(lane_folder))
    throw CannotCheck(lane_folder + ": not a folder; name a lane's data folder");
  if (!fs::is_regular_file(hq_database))
    throw CannotCheck(hq_database + ": not a file; name HQ's database, hq.db in its folder");
  try {
    const StoppedLane stopped(lane_folder);
    LaneRecords lane(lane_folder);
    Database hq(hq_database, Database::Profile::kReadOnly);
    // One view of HQ, whatever it takes in meanwhile.
    hq.execute("BEGIN");
    Checker checker(lane, hq);
    std::set<std::pair<std::string, uint64_t>> known;
    for (const Epoch& epoch : lane.epochs(device_of(lane_folder))) {
      checker.check(epoch);
      known.insert({epoch.device, epoch.epoch});
    }
    checker.check_unknown(known);
    return checker.result();
  } catch (const offline_cache::StorageError& error) {
    throw CannotCheck(error.what());
  }
}

std::string CheckResult::to_json() const {
  rules::JsonValue json = rules::JsonValue::object();
  const std::pair<const char*, uint64_t> counts[] = {
      {"epochs", epochs},       {"recorded", recorded}, {"acknowledged", acknowledged},
      {"pending", pending},     {"stored", stored},     {"tombstoned", tombstoned},
      {"rejected", rejected},   {"foreign", foreign},   {"lost", lost},
      {"duplicate", duplicate}, {"invented", invented}, {"altered", altered}};
  for (const auto& [name, count] : counts) {
    json.set(name, rules::JsonValue::of(static_cast<int64_t>(count)));
  }
  json.set("is_good", rules::JsonValue::of_boolean(is_good()));
  rules::JsonValue list = rules::JsonValue::array();
  for (const std::string& example : examples) {
    list.items.push_back(rules::JsonValue::of(std::string_view(example)));
  }
  json.set("examples", std::move(list));
  return rules::to_canonical_json(json);
}

}  // namespace xsell::tests

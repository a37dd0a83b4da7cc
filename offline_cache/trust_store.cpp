#include "offline_cache/trust_store.h"

#include <algorithm>
#include <charconv>

#include "offline_cache/checksum.h"
#include "offline_cache/database.h"
#include "offline_cache/schemas.h"

namespace xsell::offline_cache {
namespace {

constexpr std::string_view kTimeName = "state/last_trusted_time_s";
constexpr std::string_view kKillName = "state/kill";
constexpr size_t kMaxFileBytes = size_t{256} << 20;

std::string_view text(std::span<const std::byte> blob) {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}

std::span<const std::byte> blob(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Integrity of the pages and of every document. The name is part of the sum, so that rows cannot
// swap places.
void check_content(Database& database) {
  database.check_integrity();
  Statement rows = database.prepare("SELECT name, bytes, checksum FROM document");
  while (rows.step()) {
    const std::string sum_of =
        std::string(rows.column_text(0)) + "\n" + std::string(text(rows.column_blob(1)));
    if (checksum(sum_of) != rows.column_int64(2)) {
      throw StorageError(
          StorageError::Kind::kCorrupt,
          database.path() + ": document " + std::string(rows.column_text(0)) + " is damaged");
    }
  }
}

size_t schema_number(Database& database) {
  Statement read = database.prepare("PRAGMA user_version");
  read.step();
  return static_cast<size_t>(read.column_int64(0));
}

bool is_schema_empty(Database& database) { return schema_number(database) == 0; }

bool is_whole_copy(const std::string& path) {
  if (!file_exists(path)) return false;
  try {
    Database copy(path, Database::Profile::kReadOnly);
    if (is_schema_empty(copy)) return false;
    // Made before an update, perhaps.
    const size_t reached = std::min(schema_number(copy), kTrustMigrations.size());
    require_schema(copy, kTrustMigrations.first(reached));
    check_content(copy);
    return true;
  } catch (const StorageError&) {
    return false;
  }
}

}  // namespace

struct TrustStore::Connection {
  explicit Connection(const std::string& path)
      : database((prepare_group_file(path), path), Database::Profile::kExclusiveDurable) {
    apply_migrations(database, kTrustMigrations);
    require_schema(database, kTrustMigrations);
    check_content(database);
  }

  Database database;
};

TrustStore::TrustStore(const DataFolder& folder)
    : path_(folder.file("trust.db")), copy_path_(folder.file("trust.db.copy")) {
  const bool has_copy = is_whole_copy(copy_path_);
  bool is_damaged = false;
  if (file_exists(path_)) {
    opened_ = Opened::kWhole;
    try {
      if (has_copy) {
        // A file that lost its content looks new to SQLite.
        Database probe(path_, Database::Profile::kExclusiveDurable);
        is_damaged = is_schema_empty(probe);
      }
      if (!is_damaged) connection_ = std::make_unique<Connection>(path_);
    } catch (const StorageError& error) {
      if (error.kind() != StorageError::Kind::kCorrupt) throw;
      is_damaged = true;
    }
    if (is_damaged) set_aside(path_);
  }
  if (!connection_) {
    const bool had_copy = file_exists(copy_path_);
    if (has_copy) {
      write_file_atomically(path_, *read_file(copy_path_, kMaxFileBytes));
      opened_ = Opened::kFromCopy;
    } else {
      opened_ = is_damaged || had_copy ? Opened::kLost : Opened::kNew;
    }
    connection_ = std::make_unique<Connection>(path_);
  }
  // A crash may have come between a commit and its copy.
  is_copy_stale_ = true;
}

TrustStore::~TrustStore() = default;

std::optional<std::string> TrustStore::load(std::string_view name) const {
  Statement read = connection_->database.prepare("SELECT bytes FROM document WHERE name=?1");
  read.bind(1, name);
  if (!read.step()) return std::nullopt;
  return std::string(text(read.column_blob(0)));
}

void TrustStore::save(std::string_view name, std::string_view bytes) {
  const std::string sum_of = std::string(name) + "\n" + std::string(bytes);
  connection_->database
      .prepare(
          "INSERT INTO document(name, bytes, checksum) VALUES(?1, ?2, ?3) "
          "ON CONFLICT(name) DO UPDATE SET bytes=excluded.bytes, checksum=excluded.checksum")
      .run(name, blob(bytes), checksum(sum_of));
  is_copy_stale_ = true;
}

void TrustStore::erase(std::string_view name) {
  connection_->database.prepare("DELETE FROM document WHERE name=?1").run(name);
  is_copy_stale_ = true;
}

int64_t TrustStore::last_trusted_time_s() const {
  const std::optional<std::string> stored = load(kTimeName);
  int64_t time_s = 0;
  if (stored) std::from_chars(stored->data(), stored->data() + stored->size(), time_s);
  return time_s;
}

void TrustStore::advance_trusted_time(int64_t time_s) {
  if (time_s > last_trusted_time_s()) save(kTimeName, std::to_string(time_s));
}

std::optional<std::string> TrustStore::kill_state() const { return load(kKillName); }

void TrustStore::set_kill_state(std::string_view document) { save(kKillName, document); }

void TrustStore::clear_kill_state() { erase(kKillName); }

std::vector<PinnedRelease> TrustStore::pinned() const {
  Statement rows = connection_->database.prepare(
      "SELECT version, reason, plugin_version, since_s FROM pin ORDER BY version");
  std::vector<PinnedRelease> found;
  while (rows.step()) {
    found.push_back({static_cast<uint64_t>(rows.column_int64(0)), std::string(rows.column_text(1)),
                     std::string(rows.column_text(2)), rows.column_int64(3)});
  }
  return found;
}

void TrustStore::pin(const PinnedRelease& release) {
  connection_->database.prepare("INSERT OR REPLACE INTO pin VALUES(?1, ?2, ?3, ?4)")
      .run(release.version, release.reason, release.plugin_version, release.since_s);
  is_copy_stale_ = true;
}

void TrustStore::lift_pins() {
  Transaction transaction(connection_->database);
  connection_->database.execute("DELETE FROM pin; UPDATE generation SET unfinished_starts=0");
  transaction.commit();
  is_copy_stale_ = true;
}

int TrustStore::count_start(uint64_t generation) {
  Statement count = connection_->database.prepare(
      "INSERT INTO generation(generation, unfinished_starts) VALUES(?1, 1) "
      "ON CONFLICT(generation) DO UPDATE SET unfinished_starts=unfinished_starts+1 "
      "RETURNING unfinished_starts");
  count.bind(1, generation);
  count.step();
  const auto starts = static_cast<int>(count.column_int64(0));
  while (count.step()) {
  }
  return starts;
}

void TrustStore::take_back_start(uint64_t generation) {
  connection_->database
      .prepare(
          "UPDATE generation SET unfinished_starts=unfinished_starts-1 "
          "WHERE generation=?1 AND unfinished_starts>0")
      .run(generation);
}

void TrustStore::clear_starts(uint64_t generation) {
  connection_->database.prepare("UPDATE generation SET unfinished_starts=0 WHERE generation=?1")
      .run(generation);
}

void TrustStore::refresh_copy() {
  if (!is_copy_stale_) return;
  const std::string part = copy_path_ + ".part";
  remove_file(part);
  connection_->database.prepare("VACUUM INTO ?1").run(part);
  if (!is_whole_copy(part)) {
    remove_file(part);
    throw StorageError(StorageError::Kind::kCorrupt,
                       copy_path_ + ": the copy just made is damaged");
  }
  write_file_atomically(copy_path_, *read_file(part, kMaxFileBytes));
  remove_file(part);
  is_copy_stale_ = false;
}

}  // namespace xsell::offline_cache

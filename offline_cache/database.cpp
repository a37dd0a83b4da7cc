#include "offline_cache/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <climits>

#include "offline_cache/sqlite_version.h"

namespace xsell::offline_cache {
namespace {

StorageError::Kind kind_of(int code, sqlite3* database) {
  if ((code & 0xff) == SQLITE_IOERR && database) {
    // What SQLite calls an I/O error may have a better name.
    const int error = sqlite3_system_errno(database);
    if (error == ENOSPC || error == EDQUOT) return StorageError::Kind::kFull;
    if (error == EROFS) return StorageError::Kind::kNotWritable;
  }
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StorageError::Kind::kCorrupt;
    case SQLITE_FULL:
      return StorageError::Kind::kFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageError::Kind::kInUse;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return StorageError::Kind::kNotWritable;
    case SQLITE_CANTOPEN:
      return StorageError::Kind::kNotFound;
    case SQLITE_CONSTRAINT:
      return StorageError::Kind::kConstraint;
    default:
      return StorageError::Kind::kFailed;
  }
}

[[noreturn]] void fail(sqlite3* database, int code, std::string_view what) {
  const char* file = database ? sqlite3_db_filename(database, "main") : nullptr;
  std::string message = file && *file ? std::string(file) + ": " : std::string();
  message += database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  if (!what.empty()) message += " (" + std::string(what.substr(0, 120)) + ")";
  throw StorageError(kind_of(code, database), message);
}

void check(sqlite3_stmt* statement, int code) {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement), code, sqlite3_sql(statement));
}

// Runs a pragma that sets a mode and returns the mode that it got.
std::string set_mode(Database& database, std::string_view pragma) {
  Statement set = database.prepare(pragma);
  return set.step() ? std::string(set.column_text(0)) : std::string();
}

void open_exclusively(Database& database) {
  // One connection for ever, which also checkpoints: two that race to reset the log can lose pages.
  const std::string locking = set_mode(database, "PRAGMA locking_mode=EXCLUSIVE");
  const std::string journal = set_mode(database, "PRAGMA journal_mode=WAL");
  if (locking != "exclusive" || journal != "wal") {
    throw StorageError(StorageError::Kind::kFailed, database.path() + ": SQLite gives locking " +
                                                        locking + " and journal " + journal +
                                                        " instead of exclusive and wal");
  }
  database.execute(
      "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=4194304; PRAGMA wal_autocheckpoint=256;");
}

void open_shared(Database& database) {
  sqlite3_busy_timeout(database.handle(), 10'000);
  if (!has_wal_reset_bug(sqlite3_libversion_number())) {
    database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    return;
  }
  std::string journal = "wal";
  try {
    journal = set_mode(database, "PRAGMA journal_mode=PERSIST");
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::kInUse) throw;
  }
  if (journal != "persist") {
    throw StorageError(
        StorageError::Kind::kInUse,
        database.path() + ": another program holds it open with a write-ahead log, which SQLite " +
            sqlite3_libversion() +
            " can damage when two use it; end that program, or bring SQLite to 3.51.3");
  }
  // A page that finds no room in the cache goes to the file in mid-transaction, with more syncs.
  database.execute(
      "PRAGMA synchronous=EXTRA; PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-65536;");
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) {
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) fail(database, code, sql);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, int64_t value) {
  check(statement_, sqlite3_bind_int64(statement_, index, value));
  return *this;
}

Statement& Statement::bind(int index, uint64_t value) {
  if (value > static_cast<uint64_t>(INT64_MAX)) {
    throw StorageError(StorageError::Kind::kConstraint, "a number over 2^63-1 cannot be stored");
  }
  return bind(index, static_cast<int64_t>(value));
}

Statement& Statement::bind(int index, double value) {
  check(statement_, sqlite3_bind_double(statement_, index, value));
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  const char* data = text.data() ? text.data() : "";  // a null pointer would bind NULL
  check(statement_,
        sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int index, std::span<const std::byte> blob) {
  const void* data = blob.data() ? static_cast<const void*>(blob.data()) : "";
  check(statement_, sqlite3_bind_blob64(statement_, index, data, blob.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(int index, std::nullptr_t) {
  check(statement_, sqlite3_bind_null(statement_, index));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // Left un-reset, the statement would keep its transaction open.
  sqlite3* database = sqlite3_db_handle(statement_);
  const StorageError error(
      kind_of(code, database),
      std::string(sqlite3_db_filename(database, "main")) + ": " + sqlite3_errmsg(database));
  sqlite3_reset(statement_);
  throw error;
}

void Statement::reset() { sqlite3_reset(statement_); }

int64_t Statement::column_int64(int index) const { return sqlite3_column_int64(statement_, index); }

double Statement::column_double(int index) const {
  return sqlite3_column_double(statement_, index);
}

std::string_view Statement::column_text(int index) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, index));
  if (!text) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement_, index))};
}

std::span<const std::byte> Statement::column_blob(int index) const {
  const auto* blob = static_cast<const std::byte*>(sqlite3_column_blob(statement_, index));
  if (!blob) return {};
  return {blob, static_cast<size_t>(sqlite3_column_bytes(statement_, index))};
}

bool Statement::is_null(int index) const {
  return sqlite3_column_type(statement_, index) == SQLITE_NULL;
}

Database::Database(const std::string& path, Profile profile) : path_(path) {
  const int flags = (profile == Profile::kReadOnly ? SQLITE_OPEN_READONLY
                                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
  try {
    if (code != SQLITE_OK) fail(database_, code, path);
    execute("PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
    switch (profile) {
      case Profile::kExclusiveDurable:
        open_exclusively(*this);
        break;
      case Profile::kBulkBuild:
        execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
        break;
      case Profile::kReadOnly:
        sqlite3_busy_timeout(database_, 10'000);
        execute("PRAGMA query_only=ON;");
        break;
      case Profile::kShared:
        open_shared(*this);
        break;
    }
  } catch (...) {
    sqlite3_close_v2(database_);
    throw;
  }
}

Database::~Database() { sqlite3_close_v2(database_); }

void Database::execute(std::string_view sql) {
  const char* next = sql.data();
  const char* end = sql.data() + sql.size();
  while (next < end) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = end;
    int code = sqlite3_prepare_v2(database_, next, static_cast<int>(end - next), &statement, &tail);
    if (code == SQLITE_OK && statement) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      }
      if (code == SQLITE_DONE) code = SQLITE_OK;
    }
    if (code != SQLITE_OK) {
      const StorageError error(kind_of(code, database_), path_ + ": " + sqlite3_errmsg(database_));
      sqlite3_finalize(statement);
      throw error;
    }
    sqlite3_finalize(statement);
    next = tail;
  }
}

int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(database_); }

int64_t Database::changed_rows() const { return sqlite3_changes64(database_); }

void Database::check_integrity() {
  Statement check_all = prepare("PRAGMA integrity_check(1)");
  if (!check_all.step() || check_all.column_text(0) != "ok") {
    throw StorageError(StorageError::Kind::kCorrupt,
                       path_ + ": damaged: " + std::string(check_all.column_text(0)));
  }
}

void Database::checkpoint() { execute("PRAGMA wal_checkpoint(TRUNCATE);"); }

std::string_view sqlite_version() { return sqlite3_libversion(); }

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // A full disk or an I/O error may have rolled it back already.
  if (is_open_ && !sqlite3_get_autocommit(database_.handle())) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  is_open_ = false;
}

}  // namespace xsell::offline_cache

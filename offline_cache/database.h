#ifndef XSELL_OFFLINE_CACHE_DATABASE_H_
#define XSELL_OFFLINE_CACHE_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "offline_cache/storage_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace xsell::offline_cache {

// One prepared statement: bind, step, read columns, reset.
// Threads: those of its Database. Requires: the Database outlives it.
// Column views stay valid until the next step, reset or bind.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }

  // Parameters count from 1. Text and blobs are copied.
  Statement& bind(int index, int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::span<const std::byte> blob);
  Statement& bind(int index, std::nullptr_t);
  Statement& bind(int index, int value) { return bind(index, static_cast<int64_t>(value)); }
  Statement& bind(int index, bool value) { return bind(index, static_cast<int64_t>(value)); }
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) {
    return bind(index, std::string_view(text));
  }
  // A SQLite integer has 64 bits with a sign; larger values are refused, not wrapped.
  Statement& bind(int index, uint64_t value);
  template <typename T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind(index, nullptr);
  }

  template <typename... Args>
  Statement& bind_all(const Args&... args) {
    reset();
    int index = 0;
    (bind(++index, args), ...);
    return *this;
  }

  // True while there is a row to read.
  bool step();
  void reset();

  // Binds all parameters, runs to the end, resets.
  template <typename... Args>
  void run(const Args&... args) {
    bind_all(args...);
    while (step()) {
    }
    reset();
  }

  // Columns count from 0.
  int64_t column_int64(int index) const;
  double column_double(int index) const;
  std::string_view column_text(int index) const;
  std::span<const std::byte> column_blob(int index) const;
  bool is_null(int index) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
};

// One SQLite connection.
// Threads: one at a time. Fails: every function throws StorageError.
class Database {
 public:
  enum class Profile {
    kExclusiveDurable,  // WAL, synchronous=FULL, the one process that may open it
    kBulkBuild,         // no journal and no syncs: for a side file that is renamed when whole
    kReadOnly,
    kShared,  // durable, other processes may read and write: HQ's store
  };

  Database(const std::string& path, Profile profile);
  ~Database();
  Database(Database&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), path_(std::move(other.path_)) {}
  Database& operator=(Database&&) = delete;

  // Runs any number of statements without parameters.
  void execute(std::string_view sql);
  Statement prepare(std::string_view sql) { return Statement(database_, sql); }
  int64_t last_insert_id() const;
  int64_t changed_rows() const;
  // Throws kCorrupt when SQLite's own check finds damage.
  void check_integrity();
  // Moves the write-ahead log into the main file and empties it.
  void checkpoint();
  const std::string& path() const { return path_; }
  sqlite3* handle() const { return database_; }

 private:
  sqlite3* database_ = nullptr;
  std::string path_;
};

// Of the SQLite that runs, which need not be the one that was compiled against.
std::string_view sqlite_version();

// BEGIN IMMEDIATE; rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool is_open_ = true;
};

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_DATABASE_H_

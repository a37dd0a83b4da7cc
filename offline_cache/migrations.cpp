#include "offline_cache/migrations.h"

#include <sqlite3.h>

#include <string>

namespace xsell::offline_cache {

namespace {

int64_t schema_number(Database& database) {
  Statement read = database.prepare("PRAGMA user_version");
  read.step();
  return read.column_int64(0);
}

std::string schema_of(std::span<const Migration> migrations) {
  Database database(":memory:", Database::Profile::kBulkBuild);
  for (const Migration& migration : migrations) database.execute(migration.sql);
  return schema_text(database);
}

[[noreturn]] void fail_corrupt(const Database& database) {
  throw StorageError(StorageError::Kind::kCorrupt,
                     database.path() + ": its schema is damaged; set the file aside");
}

void apply(Database& database, const Migration& migration) {
  try {
    database.execute(migration.sql);
  } catch (const StorageError&) {
    // Its number says that this step is still to be made, its schema has it.
    if (sqlite3_errcode(database.handle()) == SQLITE_ERROR) fail_corrupt(database);
    throw;
  }
}

}  // namespace

void apply_migrations(Database& database, std::span<const Migration> migrations) {
  const int64_t reached = schema_number(database);
  if (reached > static_cast<int64_t>(migrations.size())) {
    if (schema_text(database) == schema_of(migrations)) fail_corrupt(database);
    throw StorageError(StorageError::Kind::kTooNew,
                       database.path() + ": its schema has number " + std::to_string(reached) +
                           ", this version knows up to " + std::to_string(migrations.size()) +
                           "; install the later version again, or move the file away");
  }
  for (const Migration& migration : migrations) {
    if (migration.number <= reached) continue;
    Transaction transaction(database);
    // Another process may have been faster.
    if (migration.number <= schema_number(database)) continue;
    apply(database, migration);
    database.execute("PRAGMA user_version=" + std::to_string(migration.number));
    transaction.commit();
  }
}

void require_schema(Database& database, std::span<const Migration> migrations) {
  if (schema_text(database) != schema_of(migrations)) fail_corrupt(database);
}

std::string schema_text(Database& database) {
  std::string text;
  Statement rows = database.prepare(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
      "ORDER BY type, name");
  while (rows.step()) {
    bool was_space = false;
    for (const char c : rows.column_text(0)) {
      const bool is_space = c == ' ' || c == '\n' || c == '\t';
      if (!is_space) text += c;
      if (is_space && !was_space) text += ' ';
      was_space = is_space;
    }
    text += ";\n";
  }
  return text;
}

}  // namespace xsell::offline_cache

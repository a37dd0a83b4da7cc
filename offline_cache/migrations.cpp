#include "offline_cache/migrations.h"

#include <string>

namespace xsell::offline_cache {

namespace {

int64_t schema_number(Database& database) {
  Statement read = database.prepare("PRAGMA user_version");
  read.step();
  return read.column_int64(0);
}

}  // namespace

void apply_migrations(Database& database, std::span<const Migration> migrations) {
  const int64_t reached = schema_number(database);
  if (reached > static_cast<int64_t>(migrations.size())) {
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
    database.execute(migration.sql);
    database.execute("PRAGMA user_version=" + std::to_string(migration.number));
    transaction.commit();
  }
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

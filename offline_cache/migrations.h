#ifndef XSELL_OFFLINE_CACHE_MIGRATIONS_H_
#define XSELL_OFFLINE_CACHE_MIGRATIONS_H_

#include <span>
#include <string>

#include "offline_cache/database.h"

namespace xsell::offline_cache {

// One step of a schema: a numbered SQL file, embedded at build and never changed once released.
// xsell_embed_migrations() in CMake makes an array of these from a folder of NNN_name.sql files.
struct Migration {
  int number;  // 1, 2, 3, ... without gaps
  const char* name;
  const char* sql;
};

// Brings the schema up to the last migration, each in a transaction of its own; the number reached
// is kept in user_version. Throws kTooNew for a file that a later version has migrated.
void apply_migrations(Database& database, std::span<const Migration> migrations);

// Throws kCorrupt when the schema is not the sum of the migrations: a bit that flipped there would
// make statements fail for good.
void require_schema(Database& database, std::span<const Migration> migrations);

// The schema as SQLite holds it, one statement a line, sorted: what tests compare with a golden
// file.
std::string schema_text(Database& database);

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_MIGRATIONS_H_

#include "hq/store.h"

#include "hq/schema.h"
#include "offline_cache/migrations.h"

namespace xsell::hq {

using offline_cache::Database;
using offline_cache::Statement;

HqStore::HqStore(const std::string& path) : database_(path, Database::Profile::kShared) {
  offline_cache::apply_migrations(database_, kHqMigrations);
}

std::optional<std::string> HqStore::setting(std::string_view name) {
  Statement query = prepare("SELECT value FROM settings WHERE name = ?");
  query.bind_all(name);
  if (!query.step()) return std::nullopt;
  return std::string(query.column_text(0));
}

void HqStore::set_setting(std::string_view name, std::string_view value) {
  prepare(
      "INSERT INTO settings (name, value) VALUES (?, ?) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      .run(name, value);
}

}  // namespace xsell::hq

#include <gtest/gtest.h>

#include "offline_cache/schemas.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

// The golden files show a schema at a glance; they must be what the migrations add up to.
void expect_sum(const std::string& kind, std::span<const Migration> migrations) {
  const tests::TemporaryFolder folder;
  Database database(folder.file("a.db"), Database::Profile::kExclusiveDurable);
  apply_migrations(database, migrations);
  EXPECT_EQ(schema_text(database), tests::read_text(XSELL_SCHEMA_FOLDER "/" + kind + ".sql"));
}

TEST(Schema, TrustIsTheSumOfItsMigrations) { expect_sum("trust", kTrustMigrations); }
TEST(Schema, LaneIsTheSumOfItsMigrations) { expect_sum("lane", kLaneMigrations); }
TEST(Schema, RulesIsTheSumOfItsMigrations) { expect_sum("rules", kRulesMigrations); }

}  // namespace
}  // namespace xsell::offline_cache

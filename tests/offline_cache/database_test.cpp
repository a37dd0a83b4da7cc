#include "offline_cache/database.h"

#include <gtest/gtest.h>

#include "offline_cache/migrations.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;
using Profile = Database::Profile;

TEST(Database, KeepsValuesOfEveryType) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  database.execute("CREATE TABLE t(a, b, c, d, e); CREATE INDEX i ON t(a);");
  const std::string with_zero("x\0y", 3);
  const std::byte blob[] = {std::byte{0}, std::byte{255}};
  database.prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)")
      .run(int64_t{-5}, 1.5, with_zero, std::span<const std::byte>(blob), nullptr);

  Statement read = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(read.step());
  EXPECT_EQ(read.column_int64(0), -5);
  EXPECT_EQ(read.column_double(1), 1.5);
  EXPECT_EQ(read.column_text(2), with_zero);
  EXPECT_EQ(read.column_blob(3).size(), 2u);
  EXPECT_TRUE(read.is_null(4));
  EXPECT_FALSE(read.step());
}

TEST(Database, EmptyTextAndBlobAreNotNull) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  database.execute("CREATE TABLE t(a, b)");
  database.prepare("INSERT INTO t VALUES(?1, ?2)")
      .run(std::string_view(), std::span<const std::byte>());
  Statement read = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(read.step());
  EXPECT_FALSE(read.is_null(0));
  EXPECT_FALSE(read.is_null(1));
}

TEST(Database, RefusesNumbersThatWouldWrap) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  EXPECT_THROW(database.prepare("SELECT ?1").bind(1, ~uint64_t{0}), StorageError);
}

TEST(Database, TransactionRollsBackUnlessCommitted) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  database.execute("CREATE TABLE t(a)");
  {
    const Transaction transaction(database);
    database.execute("INSERT INTO t VALUES(1)");
  }
  Statement count = database.prepare("SELECT count(*) FROM t");
  count.step();
  EXPECT_EQ(count.column_int64(0), 0);
}

TEST(Database, SaysWhatIsNoDatabase) {
  const TemporaryFolder folder;
  tests::write_text(folder.file("a.db"), std::string(5000, 'x'));
  try {
    const Database database(folder.file("a.db"), Profile::kExclusiveDurable);
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::kCorrupt);
    EXPECT_NE(std::string(error.what()).find("a.db"), std::string::npos);
  }
}

TEST(Database, ExclusiveProfileKeepsOthersOutAndNeedsNoSharedMemoryFile) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)");
  EXPECT_FALSE(std::filesystem::exists(folder.file("a.db-shm")));
  Statement mode = database.prepare("PRAGMA journal_mode");
  mode.step();
  EXPECT_EQ(mode.column_text(0), "wal");
  Statement synchronous = database.prepare("PRAGMA synchronous");
  synchronous.step();
  EXPECT_EQ(synchronous.column_int64(0), 2);
}

constexpr Migration kTwo[] = {{1, "first", "CREATE TABLE a(x);"},
                              {2, "second", "ALTER TABLE a ADD COLUMN y;"}};

TEST(Migrations, ContinueWhereTheFileStands) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  apply_migrations(database, std::span(kTwo).first(1));
  database.execute("INSERT INTO a VALUES(7)");
  apply_migrations(database, kTwo);
  apply_migrations(database, kTwo);
  EXPECT_EQ(schema_text(database), "CREATE TABLE a(x, y);\n");
  Statement read = database.prepare("SELECT x FROM a");
  ASSERT_TRUE(read.step());
  EXPECT_EQ(read.column_int64(0), 7);
}

TEST(Migrations, RefuseAFileOfALaterVersion) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  apply_migrations(database, kTwo);
  try {
    apply_migrations(database, std::span(kTwo).first(1));
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::kTooNew);
  }
}

TEST(Migrations, AFailingStepLeavesTheFileAsItWas) {
  const TemporaryFolder folder;
  Database database(folder.file("a.db"), Profile::kExclusiveDurable);
  constexpr Migration kBroken[] = {{1, "first", "CREATE TABLE a(x); CREATE TABLE a(x);"}};
  EXPECT_THROW(apply_migrations(database, kBroken), StorageError);
  EXPECT_EQ(schema_text(database), "");
}

}  // namespace
}  // namespace xsell::offline_cache

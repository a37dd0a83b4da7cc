// What SQLite must not be let do with the lane's and HQ's files.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "offline_cache/database.h"
#include "offline_cache/lane_store.h"
#include "offline_cache/sqlite_version.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;
using Profile = Database::Profile;

// A connection as any program may open one, outside of the lane's code.
class Stranger {
 public:
  explicit Stranger(const std::string& path) { sqlite3_open(path.c_str(), &database_); }
  ~Stranger() { sqlite3_close_v2(database_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  int run(const char* sql) { return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }

 private:
  sqlite3* database_ = nullptr;
};

TEST(SqliteModes, A48_versions_with_the_reset_race_are_known) {
  static_assert(has_wal_reset_bug(3040001), "Debian 12's");
  static_assert(has_wal_reset_bug(3044005) && !has_wal_reset_bug(3044006));
  static_assert(has_wal_reset_bug(3045000) && has_wal_reset_bug(3050006));
  static_assert(!has_wal_reset_bug(3050007) && has_wal_reset_bug(3051000));
  static_assert(has_wal_reset_bug(3051002) && !has_wal_reset_bug(3051003));
  static_assert(!has_wal_reset_bug(3052000));
}

TEST(SqliteModes, A48_a_shared_file_in_wal_mode_is_refused_while_another_holds_it) {
  if (!has_wal_reset_bug(sqlite3_libversion_number())) GTEST_SKIP() << "this SQLite is mended";
  const TemporaryFolder folder;
  const std::string path = folder.file("hq.db");
  {
    Stranger stranger(path);
    ASSERT_EQ(stranger.run("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1)"),
              SQLITE_OK);
    try {
      const Database database(path, Profile::kShared);
      FAIL() << "two connections on one write-ahead log";
    } catch (const StorageError& error) {
      EXPECT_EQ(error.kind(), StorageError::Kind::kInUse);
      EXPECT_NE(std::string(error.what()).find("3.51.3"), std::string::npos) << error.what();
    }
  }
  // Alone it is brought out of that mode.
  Database database(path, Profile::kShared);
  Statement mode = database.prepare("PRAGMA journal_mode");
  mode.step();
  EXPECT_EQ(mode.column_text(0), "persist");
}

// The race needs two connections that commit and checkpoint one log: neither of the lane's files
// nor HQ's lets it come to that.
TEST(SqliteModes, A48_the_race_of_two_connections_cannot_be_reached) {
  const tests::InMemory in_memory;
  const TemporaryFolder folder;
  {
    Database lane(folder.file("lane.db"), Profile::kExclusiveDurable);
    lane.execute("CREATE TABLE t(a)");
    Stranger stranger(folder.file("lane.db"));
    for (int i = 0; i < 200; ++i) {
      lane.execute("INSERT INTO t VALUES(1)");
      EXPECT_EQ(stranger.run("INSERT INTO t VALUES(2)"), SQLITE_BUSY);
      EXPECT_NE(stranger.run("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
      lane.checkpoint();
    }
    lane.check_integrity();
  }
  if (!has_wal_reset_bug(sqlite3_libversion_number())) return;
  Database one(folder.file("hq.db"), Profile::kShared);
  one.execute("CREATE TABLE t(a)");
  Database other(folder.file("hq.db"), Profile::kShared);
  for (int i = 0; i < 50; ++i) {
    one.execute("INSERT INTO t VALUES(1)");
    other.execute("INSERT INTO t VALUES(2)");
    other.checkpoint();
  }
  EXPECT_FALSE(std::filesystem::exists(folder.file("hq.db-wal")));
  one.check_integrity();
}

TEST(SqliteModes, A47_no_reader_holds_the_outbox_up_and_its_log_stays_small) {
  const tests::InMemory in_memory;
  const TemporaryFolder parent;
  const DataFolder folder(parent.file("lane"));
  LaneStore store(folder, {.new_epoch = [] { return uint64_t{5}; }, .reserve_bytes = 0});
  Stranger reader(folder.file("lane.db"));
  const std::string bytes(2'000, 'x');
  const std::vector<OutboxRecord> group(50, {LossClass::kOutcome, 1, bytes});
  uintmax_t largest = 0;
  for (int i = 1; i <= 300; ++i) {  // 30 MB
    // Somebody who would like to read for hours.
    EXPECT_EQ(reader.run("BEGIN; SELECT count(*) FROM outbox"), SQLITE_BUSY);
    reader.run("ROLLBACK");
    store.commit(group);
    const PendingBatch batch = store.pending(500, 1'000'000);
    if (i % 3 == 0) store.ack_through(5, batch.records.back().last_sequence);
    largest = std::max(largest, std::filesystem::file_size(folder.file("lane.db-wal")));
  }
  EXPECT_EQ(store.next_sequence(), 15'001u);
  EXPECT_LT(largest, uintmax_t{4} << 20);
}

}  // namespace
}  // namespace xsell::offline_cache

#include "offline_cache/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(DataFolder, MakesFolderAndFilesForTheGroup) {
  const TemporaryFolder parent;
  const mode_t before = ::umask(077);
  const DataFolder folder(parent.file("lane"));
  write_file_atomically(folder.file("status.json"), "{}");
  prepare_group_file(folder.file("lane.db"));
  ::umask(before);
  EXPECT_EQ(mode_of(folder.path()), 02770u);
  EXPECT_EQ(mode_of(folder.file("lock")), 0660u);
  EXPECT_EQ(mode_of(folder.file("status.json")), 0660u);
  EXPECT_EQ(mode_of(folder.file("lane.db")), 0660u);
}

TEST(DataFolder, OneHolderAtATime) {
  const TemporaryFolder parent;
  {
    const DataFolder first(parent.path());
    try {
      const DataFolder second(parent.path());
      FAIL();
    } catch (const StorageError& error) {
      EXPECT_EQ(error.kind(), StorageError::Kind::kInUse);
      EXPECT_NE(std::string(error.what()).find(parent.path()), std::string::npos);
    }
  }
  const DataFolder again(parent.path());
}

TEST(DataFolder, SaysWhoCannotWriteWhereAndHowToMendIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  const TemporaryFolder parent;
  ::chmod(parent.path().c_str(), 0755);
  const std::string path = parent.file("lane");
  ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(9);
    try {
      const DataFolder folder(path);
    } catch (const StorageError& error) {
      const std::string text = error.what();
      const bool is_complete = error.kind() == StorageError::Kind::kNotWritable &&
                               text.find(path) != std::string::npos &&
                               text.find("nobody (65534)") != std::string::npos &&
                               text.find("adduser") != std::string::npos;
      ::_exit(is_complete ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(DataFolder, AMissingParentIsNamed) {
  const TemporaryFolder parent;
  try {
    const DataFolder folder(parent.file("a/b"));
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::kNotFound);
  }
}

TEST(Files, AreReplacedWhole) {
  const TemporaryFolder parent;
  write_file_atomically(parent.file("f"), "one");
  write_file_atomically(parent.file("f"), "two");
  EXPECT_EQ(read_file(parent.file("f"), 100), "two");
  EXPECT_EQ(read_file(parent.file("none"), 100), std::nullopt);
  EXPECT_THROW(read_file(parent.file("f"), 2), StorageError);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(parent.path()), {}), 1);
}

TEST(Files, SetAsideTakesTheLogAlongAndNeverOverwrites) {
  const TemporaryFolder parent;
  for (int round = 1; round <= 2; ++round) {
    tests::write_text(parent.file("lane.db"), "bad");
    tests::write_text(parent.file("lane.db-wal"), "log");
    EXPECT_EQ(set_aside(parent.file("lane.db")),
              parent.file("lane.db.corrupt-" + std::to_string(round)));
    EXPECT_FALSE(file_exists(parent.file("lane.db-wal")));
  }
  EXPECT_EQ(tests::read_text(parent.file("lane.db.corrupt-1-wal")), "log");
}

}  // namespace
}  // namespace xsell::offline_cache

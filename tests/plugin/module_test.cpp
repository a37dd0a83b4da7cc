// The shared library as a till loads it, in a process that has its own SQLite and OpenSSL.
#include <dirent.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "xsell/host.hpp"

namespace xsell {
namespace {

using tests::LocalLane;

int entries_in(const char* folder) {
  DIR* entries = ::opendir(folder);
  int count = 0;
  while (::readdir(entries)) ++count;
  ::closedir(entries);
  return count;
}

int mappings_of(const std::string& part) {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  int count = 0;
  while (std::getline(maps, line)) count += line.find(part) != std::string::npos ? 1 : 0;
  return count;
}

// The till's own use of both libraries, with state that lives on across loads.
class TillsLibraries {
 public:
  TillsLibraries() : digest_(EVP_MD_CTX_new()) {
    EXPECT_EQ(sqlite3_open(":memory:", &database_), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database_, "CREATE TABLE t(a)", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~TillsLibraries() {
    sqlite3_close(database_);
    EVP_MD_CTX_free(digest_);
  }
  void use() {
    EXPECT_EQ(sqlite3_exec(database_, "INSERT INTO t VALUES(1)", nullptr, nullptr, nullptr),
              SQLITE_OK);
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EXPECT_EQ(EVP_DigestInit_ex(digest_, EVP_sha256(), nullptr), 1);
    EXPECT_EQ(EVP_DigestUpdate(digest_, "x", 1), 1);
    EXPECT_EQ(EVP_DigestFinal_ex(digest_, out, &size), 1);
    EXPECT_EQ(out[0], 0x2d);
  }

 private:
  sqlite3* database_ = nullptr;
  EVP_MD_CTX* digest_;
};

void sell(const LocalLane& files) {
  std::string error;
  const auto lane = Lane::open(XSELL_MODULE, files.options(), error);
  ASSERT_TRUE(lane) << error;
  ASSERT_TRUE(tests::wait_for([&] { return lane->health().state == XSELL_HEALTH_READY; }))
      << lane->health().message;
  lane->begin_transaction(1, {});
  EXPECT_EQ(lane->line_added(tests::line_of(1, "PHONE")).size(), 1u);
  lane->finalise_transaction(0, {});
}

TEST(Module, ExportsOneFunction) {
  FILE* names = ::popen("nm -D --defined-only " XSELL_MODULE, "r");
  ASSERT_NE(names, nullptr);
  std::string all;
  char line[512];
  while (std::fgets(line, sizeof line, names)) all += line;
  ASSERT_EQ(::pclose(names), 0) << "the package binutils is needed";
  EXPECT_EQ(all.substr(all.find(' ') + 1), "T xsell_get_entry\n");
}

TEST(Module, LoadsAndUnloadsAHundredTimesWithoutATrace) {
  const LocalLane files;
  TillsLibraries till;
  till.use();
  const std::string config = files.config_file();
  // The first rounds fill what libc and the till's own libraries keep.
  for (int i = 0; i < 5; ++i) sell(files);
  const int threads = entries_in("/proc/self/task");
  const int descriptors = entries_in("/proc/self/fd");
  const int mappings = mappings_of("/");
  const size_t heap = ::mallinfo2().uordblks;
  for (int i = 0; i < 100; ++i) {
    sell(files);
    till.use();
    ASSERT_EQ(mappings_of("xsell.so"), 0) << "still mapped after round " << i;
  }
  EXPECT_EQ(entries_in("/proc/self/task"), threads);
  EXPECT_EQ(entries_in("/proc/self/fd"), descriptors);
  EXPECT_EQ(mappings_of("/"), mappings);
  const auto grown = static_cast<int64_t>(::mallinfo2().uordblks) - static_cast<int64_t>(heap);
  EXPECT_LT(grown, 100 * 64) << "bytes left behind in 100 rounds: " << grown;
}

TEST(Module, DoesNothingAtLoad) {
  const int threads = entries_in("/proc/self/task");
  const int descriptors = entries_in("/proc/self/fd");
  void* library = ::dlopen(XSELL_MODULE, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  EXPECT_EQ(entries_in("/proc/self/task"), threads);
  EXPECT_EQ(entries_in("/proc/self/fd"), descriptors);
  ::dlclose(library);
  EXPECT_EQ(mappings_of("xsell.so"), 0);
}

}  // namespace
}  // namespace xsell

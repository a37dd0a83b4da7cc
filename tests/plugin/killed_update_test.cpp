// A26: kill -9 at every system call of download, apply and activation that can change a file (what
// lies between two of them is the same on disk). By default every few of them, with a random start;
// XSELL_KILL_EVERY=1 tries them all.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <set>

#include "offline_cache/database.h"
#include "plugin/release_shelf.h"
#include "sync/folder_fetcher.h"
#include "tests/plugin/release_tree.h"

namespace xsell::plugin {
namespace {

namespace fs = std::filesystem;
using tests::ReleaseTree;

bool changes_files(uint64_t call) {
  static const std::set<uint64_t> kCalls = {
      SYS_write,    SYS_pwrite64,  SYS_writev,   SYS_pwritev,  SYS_fsync,     SYS_fdatasync,
      SYS_openat,   SYS_renameat2, SYS_renameat, SYS_unlinkat, SYS_ftruncate, SYS_fallocate,
      SYS_fchmod,   SYS_linkat,    SYS_mkdirat,  SYS_fchmodat, SYS_sendfile,  SYS_copy_file_range,
#ifdef SYS_rename
      SYS_rename,   SYS_unlink,    SYS_open,     SYS_mkdir,    SYS_chmod,     SYS_link,
      SYS_truncate,
#endif
  };
  return kCalls.contains(call);
}

// Runs the work in a child and kills it before its `at`-th call that changes files. False when the
// child ended by itself: it made fewer.
bool run_and_kill(uint64_t at, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    try {
      work();
    } catch (...) {
      ::_exit(3);
    }
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  uint64_t count = 0;
  int signal = 0;
  while (true) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
    ::waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) break;
    signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
    if (signal != 0) continue;
    __ptrace_syscall_info info{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_files(info.entry.nr)) continue;
    if (++count < at) continue;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return true;
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  return false;
}

class A26KilledUpdate : public testing::Test {
 protected:
  static constexpr uint64_t kDefaultStride = 7;

  // A lane that went through the releases so far; its folder is the start of every round.
  void prepare() {
    prepared_ = parent_.file("prepared");
    update(prepared_, nullptr);
  }

  void update(const std::string& path, uint64_t* version) {
    const offline_cache::DataFolder folder(path);
    LogQueue log;
    ReleaseShelf shelf(folder, tree_.identity(), log);
    shelf.load_newest({}, {ReleaseTree::kNow_s, 0});
    sync::FolderFetcher fetcher(tree_.path());
    const auto update = shelf.update({.fetcher = fetcher, .now = {ReleaseTree::kNow_s, 0}}, {});
    shelf.end_use();
    if (update.failure.failed()) throw std::runtime_error(update.failure.detail);
    if (version != nullptr) *version = shelf.version();
  }

  // What a start after the kill finds: one of the two, whole.
  void expect_whole(const std::string& path, uint64_t before, uint64_t after) {
    const offline_cache::DataFolder folder(path);
    LogQueue log;
    ReleaseShelf shelf(folder, tree_.identity(), log);
    const auto rules = shelf.load_newest({}, {ReleaseTree::kNow_s, 0});
    shelf.end_use();
    ASSERT_EQ(rules != nullptr, before != 0 || shelf.version() != 0);
    ASSERT_TRUE(shelf.version() == before || shelf.version() == after) << shelf.version();
    if (rules) {
      EXPECT_EQ(rules->report().items, 2 + 40 + shelf.version());
    }
    EXPECT_TRUE(shelf.pinned().empty());
  }

  void kill_everywhere(uint64_t before, uint64_t after) {
    const char* every = std::getenv("XSELL_KILL_EVERY");
    const uint64_t stride = every ? std::strtoull(every, nullptr, 10) : kDefaultStride;
    const uint64_t first = 1 + std::random_device{}() % stride;
    uint64_t at = first;
    for (;; at += stride) {
      SCOPED_TRACE("killed at call " + std::to_string(at));
      const std::string path = parent_.file("lane");
      fs::remove_all(path);
      fs::copy(prepared_, path, fs::copy_options::recursive);
      const bool was_killed = run_and_kill(at, [&] { update(path, nullptr); });
      expect_whole(path, before, after);
      uint64_t version = 0;
      update(path, &version);
      EXPECT_EQ(version, after);
      for (const auto& entry : fs::directory_iterator(path)) {
        EXPECT_FALSE(entry.path().string().ends_with(".part")) << entry.path();
      }
      if (!was_killed || HasFailure()) break;
    }
    std::cout << "killed at calls " << first << " to " << at << ", every " << stride << "\n";
    EXPECT_GT(at, 20u);
  }

  static ReleaseTree::Lines lines(uint64_t version) {
    return ReleaseTree::lines("words " + std::to_string(version), 40 + int(version));
  }

  ReleaseTree tree_;
  tests::TemporaryFolder parent_;
  std::string prepared_;
};

TEST_F(A26KilledUpdate, OfABundle) {
  fs::create_directory(parent_.file("prepared"));
  prepared_ = parent_.file("prepared");
  tree_.publish(1, lines(1));
  kill_everywhere(0, 1);
}

TEST_F(A26KilledUpdate, OfADeltaOntoACopy) {
  tree_.publish(1, lines(1));
  prepare();
  tree_.publish(2, lines(2));
  kill_everywhere(1, 2);
}

TEST_F(A26KilledUpdate, OfADeltaOntoTheOlderFile) {
  tree_.publish(1, lines(1));
  prepare();
  tree_.publish(2, lines(2));
  prepare();
  tree_.publish(3, lines(3));
  kill_everywhere(2, 3);
}

}  // namespace
}  // namespace xsell::plugin

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "offline_cache/lane_store.h"
#include "offline_cache/rules_file.h"
#include "offline_cache/trust_store.h"
#include "tests/offline_cache/simple_hasher.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;

// Runs `work` in a child that writes one byte for each step it has finished, kills the child after
// `steps` bytes and returns how many steps it had finished by then.
int kill_after(int steps, const std::function<void(const std::function<void()>& step_done)>& work) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe_ends[0]);
    try {
      work([&] {
        if (::write(pipe_ends[1], "x", 1) != 1) ::_exit(3);
      });
    } catch (const std::exception&) {
      ::_exit(4);
    }
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  char byte = 0;
  int finished = 0;
  while (finished < steps && ::read(pipe_ends[0], &byte, 1) == 1) ++finished;
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  while (::read(pipe_ends[0], &byte, 1) == 1) ++finished;
  ::close(pipe_ends[0]);
  return finished;
}

TEST(Crash, CommittedOutcomesSurviveAndGroupsAreWhole) {
  for (int round = 1; round <= 8; ++round) {
    const TemporaryFolder parent;
    const int groups = kill_after(round * 3, [&](const auto& step_done) {
      const DataFolder folder(parent.file("lane"));
      LaneStore store(folder, {.new_epoch = [] { return uint64_t{5}; }});
      const std::vector<OutboxRecord> group(7, {.transaction = 1, .bytes = "an outcome"});
      for (uint64_t number = 1;; ++number) {
        store.commit(group, std::to_string(number));
        step_done();
      }
    });
    const DataFolder folder(parent.file("lane"));
    LaneStore store(folder, {.new_epoch = [] { return uint64_t{6}; }});
    EXPECT_EQ(store.epoch(), 5u);
    const uint64_t committed = store.next_sequence() - 1;
    EXPECT_EQ(committed % 7, 0u);
    EXPECT_GE(committed / 7, static_cast<uint64_t>(groups));
    EXPECT_EQ(store.pending(100'000, 10'000'000).records.size(), committed);
    EXPECT_EQ(store.pacing(), std::to_string(committed / 7));
  }
}

TEST(Crash, TrustNeverGoesBack) {
  for (int round = 1; round <= 8; ++round) {
    const TemporaryFolder parent;
    const int saved = kill_after(round * 2, [&](const auto& step_done) {
      const DataFolder folder(parent.file("lane"));
      TrustStore store(folder);
      for (int64_t number = 1;; ++number) {
        store.advance_trusted_time(number);
        step_done();
        store.refresh_copy();
      }
    });
    const DataFolder folder(parent.file("lane"));
    const TrustStore store(folder);
    EXPECT_NE(store.opened(), TrustStore::Opened::kLost);
    EXPECT_GE(store.last_trusted_time_s(), saved);
  }
}

TEST(Crash, ARulesFileIsThereWholeOrNotAtAll) {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  Lines lines;
  for (int i = 1000; i < 1400; ++i)
    lines.emplace_back("rule/" + std::to_string(i), std::string(200, 'r'));
  for (int round = 1; round <= 8; ++round) {
    const TemporaryFolder parent;
    const int published = kill_after(round, [&](const auto& step_done) {
      const DataFolder folder(parent.file("lane"));
      RulesFiles files(folder, tests::new_simple_hasher);
      for (uint64_t version = 1;; ++version) {
        RulesFileBuilder builder(files);
        for (const auto& [id, bytes] : lines) builder.add(id, bytes);
        const uint64_t built = builder.publish(version, tests::hash_of(lines)).generation;
        step_done();
        files.keep_only({built, built - 1});
      }
    });
    const DataFolder folder(parent.file("lane"));
    const RulesFiles files(folder, tests::new_simple_hasher);
    ASSERT_FALSE(files.generations().empty());
    EXPECT_GE(files.generations().front(), static_cast<uint64_t>(published));
    for (const uint64_t generation : files.generations()) {
      tests::RulesLines found;
      EXPECT_EQ(files.read(generation, tests::into(found)).version, generation);
      EXPECT_EQ(found.size(), lines.size());
    }
  }
}

}  // namespace
}  // namespace xsell::offline_cache

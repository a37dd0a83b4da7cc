// Memory runs out at each allocation in turn: of the C++ code, and of SQLite. Nothing crashes,
// nothing that was stored is lost, and what comes after works.
#include <gtest/gtest.h>

#include <stdlib.h>

#include <atomic>
#include <functional>
#include <new>

#include "offline_cache/lane_store.h"
#include "offline_cache/trust_store.h"
#include "plugin/boundary.h"
#include "rules/outcome.h"
#include "rules/strict_json.h"
#include "sync/bundle.h"
#include "sync/outcome_batch.h"
#include "sync/tuf_metadata.h"
#include "tests/offline_cache/in_memory.h"
#include "tests/plugin/failing_allocators.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "xsell/host.hpp"

namespace xsell {
namespace {

using offline_cache::DataFolder;
using offline_cache::LaneStore;
using offline_cache::LossClass;
using offline_cache::OutboxRecord;
using offline_cache::StorageError;
using offline_cache::TrustStore;

// Arms an allocator for as long as it lives, or until it is told to stop.
class Armed {
 public:
  Armed(std::atomic<long>& until, long number) : until_(until) { until_ = number; }
  ~Armed() { disarm(); }
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;

  void disarm() {
    const long left = until_.exchange(0);
    if (is_armed_) has_failed_ = left <= 0;
    is_armed_ = false;
  }
  bool has_failed() const { return has_failed_; }

 private:
  std::atomic<long>& until_;
  bool is_armed_ = true;
  bool has_failed_ = false;
};

// The first hundred one by one, then one in so many; all of them with XSELL_EVERY_ALLOCATION.
long next_after(long number) {
  static const bool is_every = ::getenv("XSELL_EVERY_ALLOCATION") != nullptr;
  return number + 1 + (is_every ? 0 : number / 100 * 6);
}

// Runs the work with the first, second, third ... allocation failing, until none does any more.
// False from the work: it was told that memory ran out.
void fail_each(std::atomic<long>& until, const std::function<bool(Armed&)>& work) {
  long failed = 0;
  bool has_failed = true;
  for (long number = 1; has_failed && !testing::Test::HasFailure(); number = next_after(number)) {
    SCOPED_TRACE("allocation " + std::to_string(number));
    Armed armed(until, number);
    bool is_whole = false;
    try {
      is_whole = work(armed);
    } catch (const std::bad_alloc&) {
    } catch (const StorageError&) {
    }
    armed.disarm();
    has_failed = armed.has_failed();
    if (!is_whole) ++failed;
  }
  EXPECT_GT(failed, 0) << "nothing ever failed";
}

class OutOfMemory : public testing::TestWithParam<std::atomic<long>*> {};

TEST_P(OutOfMemory, A28_the_outbox_keeps_what_it_said_it_has) {
  ASSERT_TRUE(tests::is_sqlite_hooked());
  const tests::InMemory in_memory;
  const std::string bytes(300, 'x');
  const std::vector<OutboxRecord> group(3, {LossClass::kOutcome, 1, bytes});
  const tests::TemporaryFolder all;
  int runs = 0;
  fail_each(*GetParam(), [&](Armed& armed) {
    const DataFolder folder(all.file("lane-" + std::to_string(++runs)));
    const LaneStore::Options options{.new_epoch = [] { return uint64_t{5}; }, .reserve_bytes = 0};
    uint64_t committed = 0;
    bool is_whole = false;
    try {
      LaneStore store(folder, options);
      for (int i = 0; i < 3; ++i) {
        store.commit(group, "pacing");
        committed += 3;
      }
      store.pending(10, 10'000);
      store.ack_through(5, 4);
      is_whole = true;
    } catch (const std::bad_alloc&) {
    } catch (const StorageError&) {
    }
    armed.disarm();
    {
      LaneStore store(folder, options);
      EXPECT_FALSE(store.set_aside_as());
      EXPECT_GE(store.next_sequence() - 1, committed);
      EXPECT_EQ((store.next_sequence() - 1) % 3, 0u) << "half a group";
      store.commit(group);
    }
    return is_whole;
  });
}

TEST_P(OutOfMemory, A28_trust_is_never_lower) {
  const tests::InMemory in_memory;
  const tests::TemporaryFolder all;
  int runs = 0;
  fail_each(*GetParam(), [&](Armed& armed) {
    const DataFolder folder(all.file("lane-" + std::to_string(++runs)));
    int64_t promised = 0;
    bool is_whole = false;
    try {
      TrustStore store(folder);
      for (int64_t i = 1; i <= 2; ++i) {
        store.save("root", "root");
        store.advance_trusted_time(i);
        promised = i;
        store.refresh_copy();
      }
      is_whole = true;
    } catch (const std::bad_alloc&) {
    } catch (const StorageError&) {
    }
    armed.disarm();
    {
      const TrustStore store(folder);
      EXPECT_NE(store.opened(), TrustStore::Opened::kLost);
      EXPECT_GE(store.last_trusted_time_s(), promised);
    }
    return is_whole;
  });
}

INSTANTIATE_TEST_SUITE_P(Allocators, OutOfMemory,
                         testing::Values(&tests::until_new_fails, &tests::until_sqlite_fails),
                         [](const auto& allocator) -> std::string {
                           return allocator.param == &tests::until_new_fails ? "cpp" : "sqlite";
                         });

TEST(OutOfMemoryParsers, A28_readers_of_foreign_bytes_end_in_order) {
  rules::Outcome outcome;
  outcome.kind = rules::OutcomeKind::kShown;
  sync::OutcomeBatch batch{9, {}};
  batch.records.push_back({1, 1, false, 1, {}, sync::encode_outcome(outcome)});
  const std::string wire = sync::encode_batch(batch).bytes;
  fail_each(tests::until_new_fails,
            [&](Armed&) { return sync::decode_batch(wire).batch.has_value(); });
  fail_each(tests::until_new_fails, [&](Armed&) {
    rules::Outcome read;
    return sync::decode_outcome(batch.records[0].outcome_json, read);
  });
  fail_each(tests::until_new_fails, [&](Armed&) {
    return !rules::read_json(R"({"a":[1,2,{"b":"c"}],"d":"a text that is longer than most"})")
                .error;
  });
  fail_each(tests::until_new_fails, [&](Armed&) {
    try {
      sync::tuf::parse_timestamp("{\"signed\":{\"_type\":\"timestamp\"},\"signatures\":[]}");
    } catch (const std::bad_alloc&) {
      return false;
    } catch (const std::exception&) {
    }
    return true;
  });
}

TEST(OutOfMemoryInstance, A28_create_says_so_by_its_code) {
  const tests::LocalLane files;
  const xsell_entry* entry = plugin::entry_for(XSELL_ABI_MAJOR);
  const std::string folder = files.file("a-data-folder-with-a-long-name");
  fail_each(tests::until_new_fails, [&](Armed&) {
    xsell_host host{};
    host.struct_size = sizeof host;
    host.data_folder = {folder.data(), folder.size()};
    const xsell_plugin* made = nullptr;
    const xsell_status status = entry->create(&host, &made);
    if (status != XSELL_OK) {
      EXPECT_EQ(status, XSELL_ERROR_OUT_OF_MEMORY);
      EXPECT_EQ(made, nullptr);
      return false;
    }
    made->destroy(made);
    return true;
  });
}

// It starts and fails somewhere: the till sells on, with prompts or without.
TEST(OutOfMemoryInstance, A28_a_lane_that_starts_without_memory_harms_no_sale) {
  const tests::InMemory in_memory;
  const xsell_entry* entry = plugin::entry_for(XSELL_ABI_MAJOR);
  for (long number = 1; number < 2'000; number = number * 5 / 4 + 7) {
    SCOPED_TRACE("allocation " + std::to_string(number));
    const tests::LocalLane files;
    const std::string config = files.config_file();
    xsell_host host{};
    host.struct_size = sizeof host;
    host.config_file = {config.data(), config.size()};
    const xsell_plugin* made = nullptr;
    tests::until_new_fails = number;
    const xsell_status created = entry->create(&host, &made);
    if (created != XSELL_OK) {
      EXPECT_EQ(created, XSELL_ERROR_OUT_OF_MEMORY);
    } else if (made->start(made) == XSELL_OK) {
      xsell_prompt prompts[3];
      for (uint64_t sale = 1; sale < 4; ++sale) {
        xsell_event_header event{};
        event.struct_size = sizeof event;
        event.kind = XSELL_EVENT_TRANSACTION_VOIDED;
        event.transaction = sale;
        event.sequence = sale;
        xsell_prompt_list list{sizeof list, sizeof prompts[0], 3, 0, prompts, 0};
        EXPECT_NE(made->on_event(made, &event, &list), XSELL_ERROR_INTERNAL);
      }
      // Let the worker come to the allocation that fails.
      tests::wait_for([] { return tests::until_new_fails <= 0; }, std::chrono::milliseconds(30));
    }
    tests::until_new_fails = 0;
    if (made) made->destroy(made);
  }
}

}  // namespace
}  // namespace xsell

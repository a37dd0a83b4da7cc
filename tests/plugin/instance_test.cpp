#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "offline_cache/database.h"
#include "plugin/boundary.h"
#include "tests/plugin/local_lane.h"
#include "tests/plugin/wait_for.h"
#include "xsell/host.hpp"

namespace xsell {
namespace {

using testing::HasSubstr;
using tests::line_of;
using tests::LocalLane;
using tests::wait_for;

std::unique_ptr<Lane> open(HostOptions options) {
  std::string error;
  std::unique_ptr<Lane> lane =
      Lane::create(*plugin::entry_for(XSELL_ABI_MAJOR), std::move(options), error);
  EXPECT_TRUE(lane) << error;
  return lane;
}

std::unique_ptr<Lane> open_ready(HostOptions options) {
  std::unique_ptr<Lane> lane = open(std::move(options));
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_READY; }))
      << lane->health().message;
  return lane;
}

int64_t count_of(const std::string& database_file, const std::string& kind) {
  offline_cache::Database database(database_file, offline_cache::Database::Profile::kReadOnly);
  offline_cache::Statement count =
      database.prepare("SELECT count(*) FROM outbox WHERE instr(CAST(bytes AS TEXT), ?1)");
  count.bind(1, "\"kind\":\"" + kind + "\"");
  count.step();
  return count.column_int64(0);
}

TEST(Entry, ServesItsMajorOnly) {
  EXPECT_EQ(plugin::entry_for(XSELL_ABI_MAJOR + 1), nullptr);
  EXPECT_EQ(plugin::entry_for(0), nullptr);
  const xsell_entry* entry = plugin::entry_for(XSELL_ABI_MAJOR);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->struct_size, sizeof(xsell_entry));
}

TEST(Entry, RefusesAHostItCannotRead) {
  const xsell_entry* entry = plugin::entry_for(XSELL_ABI_MAJOR);
  const xsell_plugin* made = reinterpret_cast<const xsell_plugin*>(1);
  EXPECT_EQ(entry->create(nullptr, &made), XSELL_ERROR_ARGUMENT);
  EXPECT_EQ(made, nullptr);
  xsell_host host{};
  EXPECT_EQ(entry->create(&host, &made), XSELL_ERROR_STRUCT_SIZE);
  host.struct_size = sizeof host;
  EXPECT_EQ(entry->create(&host, nullptr), XSELL_ERROR_ARGUMENT);
  host.name = {"\xff", 1};
  EXPECT_EQ(entry->create(&host, &made), XSELL_ERROR_TEXT);
}

TEST(Instance, PromptsFromLocalRulesAndKeepsWhatHappened) {
  const LocalLane files;
  {
    const auto lane = open_ready(files.options());
    lane->begin_transaction(1, {});
    const Answer& answer = lane->line_added(line_of(1, "PHONE"));
    ASSERT_EQ(answer.status(), XSELL_OK);
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(answer[0].item(), "CASE");
    EXPECT_EQ(answer[0].operator_text(), "A case with that?");
    EXPECT_EQ(answer[0].reason(), "Screens break early");
    EXPECT_EQ(answer[0].price_minor(), 1990);
    EXPECT_EQ(lane->line_added(line_of(2, "CASE")).size(), 0u);
    lane->finalise_transaction(0, {});
    EXPECT_EQ(lane->health().prompts, 1u);
  }
  EXPECT_EQ(count_of(files.data_file("lane.db"), "shown"), 1);
  EXPECT_EQ(count_of(files.data_file("lane.db"), "accepted_scan"), 1);
  EXPECT_EQ(count_of(files.data_file("lane.db"), "basket"), 1);
}

TEST(Instance, APromptThatComesBackWithARecallIsCountedOnce) {
  const LocalLane files;
  const auto lane = open_ready(files.options());
  lane->begin_transaction(1, {});
  ASSERT_EQ(lane->line_added(line_of(1, "PHONE")).size(), 1u);
  lane->suspend_transaction();
  ASSERT_EQ(lane->recall_transaction(1, {}, {line_of(1, "PHONE")}).size(), 1u);
  EXPECT_EQ(lane->health().prompts, 1u);
}

TEST(Instance, RemembersADeclineOverARestart) {
  const LocalLane files;
  {
    const auto lane = open_ready(files.options());
    lane->begin_transaction(1, {});
    const Answer& answer = lane->line_added(line_of(1, "PHONE"));
    ASSERT_EQ(answer.size(), 1u);
    lane->prompt_declined(answer[0].id());
    lane->finalise_transaction(0, {});
  }
  const auto lane = open_ready(files.options());
  lane->begin_transaction(2, {});
  EXPECT_EQ(lane->line_added(line_of(1, "PHONE")).size(), 0u);
}

TEST(Instance, PromptIdsAreNeverUsedTwice) {
  const LocalLane files;
  uint64_t first = 0;
  {
    const auto lane = open_ready(files.options());
    lane->begin_transaction(1, {});
    const Answer& answer = lane->line_added(line_of(1, "PHONE"));
    ASSERT_EQ(answer.size(), 1u);
    first = answer[0].id();
  }
  const auto lane = open_ready(files.options());
  lane->begin_transaction(2, {});
  const Answer& answer = lane->line_added(line_of(1, "PHONE"));
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_NE(answer[0].id(), first);
}

TEST(Instance, StatesAndOverlapsAreRefusedByName) {
  const LocalLane files;
  const std::string config = files.config_file();
  xsell_host host{};
  host.struct_size = sizeof host;
  host.config_file = xsell_str_from(config.c_str());
  const xsell_plugin* plugin = nullptr;
  ASSERT_EQ(plugin::entry_for(XSELL_ABI_MAJOR)->create(&host, &plugin), XSELL_OK);

  xsell_event_header idle{};
  xsell_event_init(&idle, sizeof idle, XSELL_EVENT_IDLE);
  EXPECT_EQ(plugin->on_event(plugin, &idle, nullptr), XSELL_ERROR_STATE);
  EXPECT_EQ(plugin->start(plugin), XSELL_OK);
  EXPECT_EQ(plugin->start(plugin), XSELL_OK) << "harmless";
  EXPECT_EQ(plugin->on_event(plugin, &idle, nullptr), XSELL_OK);
  EXPECT_EQ(plugin->on_event(plugin, nullptr, nullptr), XSELL_ERROR_ARGUMENT);
  xsell_event_header small = idle;
  small.struct_size = 8;
  EXPECT_EQ(plugin->on_event(plugin, &small, nullptr), XSELL_ERROR_STRUCT_SIZE);
  small.struct_size = sizeof small;
  small.kind = 4711;
  EXPECT_EQ(plugin->on_event(plugin, &small, nullptr), XSELL_OK) << "later kinds are ignored";

  std::atomic<bool> is_over{false};
  std::atomic<int> overlaps{0};
  std::atomic<int> others{0};
  const auto send = [&] {
    while (!is_over) {
      const xsell_status status = plugin->on_event(plugin, &idle, nullptr);
      if (status == XSELL_ERROR_OVERLAP) ++overlaps;
      if (status != XSELL_ERROR_OVERLAP && status != XSELL_OK) ++others;
    }
  };
  std::thread first(send);
  std::thread second(send);
  EXPECT_TRUE(wait_for([&] { return overlaps > 0; }));
  is_over = true;
  first.join();
  second.join();
  EXPECT_EQ(others, 0);

  plugin->stop(plugin);
  plugin->stop(plugin);
  EXPECT_EQ(plugin->on_event(plugin, &idle, nullptr), XSELL_ERROR_STATE);
  EXPECT_EQ(plugin->start(plugin), XSELL_OK) << "start and stop may repeat";
  plugin->destroy(plugin);
}

TEST(Instance, ABadConfigurationSellsOnAndSaysWhere) {
  LocalLane files;
  files.write_configuration("{\n  \"langage\": \"de\"\n}");
  std::mutex mutex;
  std::string log;
  HostOptions options = files.options();
  options.log = [&](uint32_t level, std::string_view text) {
    const std::lock_guard lock(mutex);
    if (level == XSELL_LOG_ERROR) log += text;
  };
  {
    const auto lane = open(std::move(options));
    EXPECT_EQ(lane->begin_transaction(1, {}).status(), XSELL_OK);
    EXPECT_EQ(lane->line_added(line_of(1, "PHONE")).status(), XSELL_OK);
    EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_DEGRADED; }));
    EXPECT_THAT(lane->health().message, HasSubstr("xsell.json:2:3: there is no field langage; "));
  }
  EXPECT_THAT(log, HasSubstr("xsell.json:2:3"));
}

TEST(Instance, ABrokenRulesFileIsNamedWithItsPlace) {
  const LocalLane files;
  tests::write_text(files.file("rules.json"), "{\"schema\": \"xsell.rules/1\",\n \"rulez\": []}");
  const auto lane = open(files.options());
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_DEGRADED; }));
  EXPECT_THAT(lane->health().message, HasSubstr("rules.json:2:"));
  EXPECT_EQ(lane->begin_transaction(1, {}).status(), XSELL_OK);
}

TEST(Instance, AnEditedRulesFileIsUsedFromTheNextTransactionOn) {
  const LocalLane files;
  const auto lane = open_ready(files.options());
  lane->begin_transaction(1, {});
  ASSERT_EQ(lane->line_added(line_of(1, "PHONE")).size(), 1u);
  std::string rules = tests::read_text(files.file("rules.json"));
  rules.replace(rules.find("A case with that?"), 17, "Protect the case!");
  const size_t end = rules.rfind(']');
  rules.insert(end, R"(, {"rule_id": "second", "name": "Second", "relation": "accessory",
    "condition": {"basket_has": {"items": ["CASE"]}}, "offers": [{"items": ["PHONE"]}],
    "prompt": {"operator_text": {"en": "A phone?"}, "reason": {"en": "It is empty"}}})");
  tests::write_text(files.file("rules.new"), rules);
  std::filesystem::rename(files.file("rules.new"), files.file("rules.json"));
  ASSERT_TRUE(wait_for([&] { return lane->health().rule_count == 2; })) << lane->health().message;
  const Answer& pinned = lane->idle();
  ASSERT_EQ(pinned.size(), 1u);
  EXPECT_EQ(pinned[0].operator_text(), "A case with that?")
      << "an open transaction keeps its rules";
  lane->void_transaction();
  lane->begin_transaction(2, {});
  const Answer& answer = lane->line_added(line_of(1, "PHONE"));
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].operator_text(), "Protect the case!");
}

TEST(Instance, StoreStaffSwitchARunningLaneOff) {
  const LocalLane files;
  const auto lane = open_ready(files.options());
  lane->begin_transaction(1, {});
  ASSERT_EQ(lane->line_added(line_of(1, "PHONE")).size(), 1u);
  tests::write_text(files.data_file("off.json"), "{}");
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_DISABLED; }));
  EXPECT_EQ(lane->idle().size(), 0u) << "acts on the next event, not on the next transaction";
  std::filesystem::remove(files.data_file("off.json"));
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_READY; }));
}

TEST(Instance, TwoLanesInOneFolderAreRefusedByName) {
  const LocalLane files;
  const auto first = open_ready(files.options());
  const auto second = open(files.options());
  EXPECT_TRUE(wait_for([&] { return second->health().state == XSELL_HEALTH_DEGRADED; }));
  EXPECT_THAT(second->health().message, HasSubstr("another process uses this data folder"));
  EXPECT_EQ(second->begin_transaction(1, {}).status(), XSELL_OK);
}

TEST(Instance, WithoutEnrolmentItSaysSo) {
  LocalLane files;
  files.write_configuration(R"({"data_folder": "data"})");
  const auto lane = open(files.options());
  EXPECT_TRUE(wait_for([&] { return lane->health().state == XSELL_HEALTH_NO_RULES; }));
  EXPECT_THAT(lane->health().message, HasSubstr("xsell enroll TOKEN"));
}

TEST(Instance, ADamagedOutboxIsSetAsideAndTheLaneGoesOn) {
  const LocalLane files;
  { open_ready(files.options()); }
  tests::write_text(files.data_file("lane.db"), std::string(20'000, 'x'));
  const auto lane = open_ready(files.options());
  lane->begin_transaction(1, {});
  EXPECT_EQ(lane->line_added(line_of(1, "PHONE")).size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(files.data_file("lane.db.corrupt-1")));
}

TEST(Instance, TellsItsStatusInAFile) {
  const LocalLane files;
  const auto lane = open_ready(files.options());
  EXPECT_TRUE(wait_for([&] {
    return tests::read_text(files.data_file("status.json")).find("\"state\":\"ready\"") !=
           std::string::npos;
  }));
}

TEST(Instance, TheTillsClockDecidesTheDay) {
  const LocalLane files;
  HostOptions options = files.options();
  options.utc_time_s = [] { return int64_t{1'800'000'000}; };
  options.utc_offset_s = [](int64_t) { return int32_t{3600}; };
  const auto lane = open_ready(std::move(options));
  EXPECT_TRUE(wait_for([&] {
    return tests::read_text(files.data_file("status.json")).find("\"updated_s\":1800000000") !=
           std::string::npos;
  }));
}

}  // namespace
}  // namespace xsell

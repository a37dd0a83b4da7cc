#include "plugin/release_shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offline_cache/database.h"
#include "plugin/rule_filter.h"
#include "plugin/rules_image.h"
#include "plugin/state_hasher.h"
#include "plugin/version.h"
#include "sync/delta.h"
#include "sync/folder_fetcher.h"
#include "sync/whole_file.h"
#include "tests/plugin/release_tree.h"

namespace xsell::plugin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::ReleaseTree;
using Lines = ReleaseTree::Lines;

// Keeps what was asked for.
class Requests : public sync::Fetcher {
 public:
  explicit Requests(std::string folder) : folder_(std::move(folder)) {}
  sync::Failure fetch(std::string_view path, uint64_t max_bytes, sync::ByteSink& sink) override {
    if (path.starts_with("v1/targets/")) {
      targets.emplace_back(path.substr(path.find('.') + 1));
      if (is_down) return {sync::Problem::kTransport, sync::NetError::kClosed, "down"};
    }
    return folder_.fetch(path, max_bytes, sink);
  }
  std::vector<std::string> targets;
  bool is_down = false;

 private:
  sync::FolderFetcher folder_;
};

class ReleaseShelfTest : public testing::Test {
 protected:
  ReleaseShelfTest() { open(); }

  // As the next start of the lane.
  void open() {
    shelf_.reset();
    shelf_ = std::make_unique<ReleaseShelf>(folder_, tree_.identity(), log_);
    loaded_ = shelf_->load_newest(scope_, now_);
  }

  std::string update() {
    fetcher_.targets.clear();
    ReleaseShelf::Update update = shelf_->update(
        {.fetcher = fetcher_, .source = source_, .now = now_, .on_kill = [this] { ++kills_; }},
        scope_);
    rules_ = std::move(update.rules);
    shelf_->save();
    return std::string(update.failure.name());
  }

  // What the newest file holds, and that it is whole.
  Lines stored() {
    offline_cache::Database database(newest_file(), offline_cache::Database::Profile::kReadOnly);
    auto read = database.prepare("SELECT id, CAST(bytes AS TEXT) FROM line");
    Lines lines;
    while (read.step()) lines.emplace(read.column_text(0), read.column_text(1));
    return lines;
  }

  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      const bool is_rules =
          name.starts_with("rules-") && !name.ends_with(".image") && !name.ends_with(".records");
      if (is_rules || name.ends_with(".part")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // What is kept beside the lines.
  std::vector<std::string> files_beside() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string suffix = entry.path().extension();
      if (suffix == ".image" || suffix == ".records") {
        names.push_back(entry.path().filename().string());
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // Records of the first generation that say more than its lines: of five items more.
  void forge_records() {
    rules::ReleaseCompiler compiler;
    for (const auto& [id, bytes] : ReleaseTree::lines("one", 5)) compiler.add(id, bytes);
    compiler.compile(scope_, 1, RuleFilter(sync::Control(), {}, false));
    const offline_cache::RulesFiles files(folder_, StateHasher::make);
    ASSERT_TRUE(
        save_records(files.records_path(1), files.header(1)->state_hash, compiler.take_records()));
  }
  // Damages a line where only reading all of them finds it: what loads after that is the image.
  void spoil_lines(const std::string& file) {
    ASSERT_TRUE(tests::flip_bit_at(folder_.file(file), "MORE-2\",\"name\":{\"en\":\"More"));
  }
  std::string newest_file() { return folder_.file(files().back()); }

  std::string said() {
    std::string all;
    HostSettings host;
    host.host_data = &all;
    host.log = [](void* out, uint32_t, const xsell_str* text) {
      *static_cast<std::string*>(out) += std::string(text->data, text->size) + "\n";
    };
    log_.deliver(host, LogQueue::kMaxLines);
    return all;
  }

  ReleaseTree tree_;
  tests::TemporaryFolder parent_;
  offline_cache::DataFolder folder_{parent_.file("lane")};
  LogQueue log_;
  rules::LaneScope scope_ = [] {
    rules::LaneScope scope;
    scope.business_unit = "0217";
    scope.business_unit_groups = {"south"};
    return scope;
  }();
  Moment now_{ReleaseTree::kNow_s, 1'000};
  ReleaseOrigin source_ = ReleaseOrigin::kHq;
  int kills_ = 0;
  Requests fetcher_{tree_.path()};
  std::unique_ptr<ReleaseShelf> shelf_;
  std::unique_ptr<rules::CompiledRuleSet> loaded_;
  std::unique_ptr<rules::CompiledRuleSet> rules_;
};

TEST_F(ReleaseShelfTest, TheFirstReleaseComesWholeAndLaterOnesAsDeltasInTurns) {
  tree_.publish(1, ReleaseTree::lines("one"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1.bundle.zst"));
  EXPECT_THAT(files(), ElementsAre("rules-1.db"));

  // Only the file in use is there: a copy of it becomes the next.
  tree_.publish(2, ReleaseTree::lines("two"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-2.delta.zst"));
  EXPECT_THAT(files(), ElementsAre("rules-1.db", "rules-2.db"));
  EXPECT_EQ(stored(), ReleaseTree::lines("two"));

  // From now on the older one.
  for (uint64_t version = 3; version <= 6; ++version) {
    const Lines lines = ReleaseTree::lines("words " + std::to_string(version), int(version));
    tree_.publish(version, lines);
    EXPECT_EQ(update(), "none");
    EXPECT_THAT(fetcher_.targets, ElementsAre("rules-" + std::to_string(version - 2) + "-" +
                                              std::to_string(version) + ".delta.zst"));
    EXPECT_THAT(files(), ElementsAre("rules-" + std::to_string(version - 1) + ".db",
                                     "rules-" + std::to_string(version) + ".db"));
    EXPECT_EQ(stored(), lines);
    ASSERT_TRUE(rules_);
    EXPECT_EQ(rules_->version(), version);
    EXPECT_EQ(rules_->report().items, 2 + version);
  }
  open();
  ASSERT_TRUE(loaded_);
  EXPECT_EQ(loaded_->version(), 6u);
  EXPECT_EQ(said(), "");
}

TEST_F(ReleaseShelfTest, TheSameContentUnderAHigherVersionIsAnEmptyDelta) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  update();
  tree_.publish(3, ReleaseTree::lines("one"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-3.delta.zst"));
  EXPECT_EQ(shelf_->version(), 3u);
  EXPECT_EQ(stored(), ReleaseTree::lines("one"));
}

TEST_F(ReleaseShelfTest, A33_a_chain_gap_takes_the_bundle) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  tree_.publish(3, ReleaseTree::lines("three"), [](auto& files) {
    std::erase_if(files, [](const auto& file) { return file.name == "rules-1-3.delta.zst"; });
  });
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-3.bundle.zst"));
  EXPECT_EQ(stored(), ReleaseTree::lines("three"));
}

std::string remove_what_is_not_there() {
  struct : sync::ByteSink {
    bool write(std::string_view bytes) override {
      body += bytes;
      return true;
    }
    std::string body;
  } out;
  sync::DeltaWriter writer(out,
                           {.from_version = 1,
                            .version = 2,
                            .count = 1,
                            .from_state_hash = tests::state_hash_of(ReleaseTree::lines("one"))});
  writer.remove("item/NEVER");
  writer.finish(tests::state_hash_of(ReleaseTree::lines("two")));
  return out.body;
}

// Each spoils the delta from 1 to 2 in another way, signed as if it were right.
struct Spoiled {
  const char* name;
  std::function<std::string()> delta;
  const char* notice;
};

class A33SpoiledDelta : public ReleaseShelfTest, public testing::WithParamInterface<Spoiled> {};

TEST_P(A33SpoiledDelta, ALaneTakesTheBundleInstead) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  const Lines two = ReleaseTree::lines("two");
  tree_.publish(2, two, [](auto& files) { files.back().bytes = GetParam().delta(); });
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-2.delta.zst", "rules-2.bundle.zst"));
  EXPECT_THAT(said(), HasSubstr(GetParam().notice));
  EXPECT_EQ(stored(), two);
  EXPECT_THAT(files(), ElementsAre("rules-1.db", "rules-2.db"));
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->version(), 2u);
}

INSTANTIATE_TEST_SUITE_P(
    All, A33SpoiledDelta,
    testing::Values(Spoiled{"wrong_to_state_hash",
                            [] {
                              return tests::make_delta(1, ReleaseTree::lines("one"), 2,
                                                       ReleaseTree::lines("else"));
                            },
                            "state_hash"},
                    Spoiled{"other_base",
                            [] {
                              return tests::make_delta(1, ReleaseTree::lines("else"), 2,
                                                       ReleaseTree::lines("two"));
                            },
                            "another base"},
                    Spoiled{"other_version",
                            [] {
                              return tests::make_delta(1, ReleaseTree::lines("one"), 3,
                                                       ReleaseTree::lines("two"));
                            },
                            "version"},
                    Spoiled{"removes_what_is_not_there", remove_what_is_not_there, "has no line"},
                    Spoiled{"no_delta", [] { return std::string("<html>"); }, "zstd"}),
    [](const auto& spoiled) { return std::string(spoiled.param.name); });

TEST_F(ReleaseShelfTest, A09_a_bundle_of_another_channel_is_refused) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  ReleaseTree other;
  other.publish(2, ReleaseTree::lines("another retailer's"));
  tree_.publish(2, ReleaseTree::lines("two"), [](auto& files) { files.resize(1); });
  sync::write_whole_file(tree_.target("rules-2.bundle.zst"),
                         sync::read_whole_file(other.target("rules-2.bundle.zst")));
  const std::string refused = update();
  EXPECT_TRUE(refused == "hash" || refused == "length") << refused;
  EXPECT_FALSE(rules_);
  EXPECT_EQ(shelf_->version(), 1u);
  EXPECT_EQ(stored(), ReleaseTree::lines("one"));
}

TEST_F(ReleaseShelfTest, A29_a_damaged_base_is_found_and_the_bundle_taken) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  update();
  std::filesystem::remove(folder_.file("rules-1.records"));
  spoil_lines("rules-1.db");
  tree_.publish(3, ReleaseTree::lines("three"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-3.delta.zst", "rules-3.bundle.zst"));
  EXPECT_EQ(stored(), ReleaseTree::lines("three"));
}

TEST_F(ReleaseShelfTest, A29_a_damaged_line_that_no_delta_reads_is_found_and_the_release_fetched) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  spoil_lines("rules-1.db");
  Lines two = ReleaseTree::lines("one");
  two["rule/phone-case"] = ReleaseTree::lines("two")["rule/phone-case"];
  tree_.publish(2, two);
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-2.delta.zst"));
  ASSERT_TRUE(rules_) << "the records were whole";
  EXPECT_EQ(rules_->version(), 2u);
  EXPECT_THAT(said(), HasSubstr("item/MORE-2 is not what was published"));

  open();
  ASSERT_TRUE(loaded_) << "a start needs the image only";
  EXPECT_EQ(loaded_->version(), 2u);
  tree_.publish(3, two);
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-3.delta.zst"));

  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-3.bundle.zst"));
  EXPECT_EQ(shelf_->version(), 3u);
  EXPECT_EQ(stored(), two);
  EXPECT_EQ(files().size(), 1u) << "what is damaged is no base for the next delta";
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre());
}

TEST_F(ReleaseShelfTest, A29_a_rules_file_that_is_none_is_set_aside_and_fetched_again) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tests::write_text(folder_.file("rules-1.db"), std::string(9000, 'x'));
  open();
  EXPECT_FALSE(loaded_);
  EXPECT_EQ(update(), "none");
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->version(), 1u);
  EXPECT_EQ(stored(), ReleaseTree::lines("one"));
}

TEST_F(ReleaseShelfTest, AnOrderlyStartReadsTheImageThatTheLastOneLeft) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  spoil_lines("rules-1.db");
  shelf_->end_use();
  open();
  ASSERT_TRUE(loaded_);
  EXPECT_EQ(loaded_->version(), 1u);
}

TEST_F(ReleaseShelfTest, AStartAfterABadOneReadsTheLinesAgain) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  shelf_->end_use();
  open();  // and then the till dies
  spoil_lines("rules-1.db");
  open();
  EXPECT_FALSE(loaded_);
}

TEST_F(ReleaseShelfTest, TheImageOfAnotherLaneIsNone) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  std::filesystem::remove(folder_.file("rules-1.records"));
  spoil_lines("rules-1.db");
  shelf_->end_use();
  scope_.business_unit_groups = {"north"};
  open();
  EXPECT_FALSE(loaded_);
}

TEST_F(ReleaseShelfTest, ADamagedImageIsMadeAnew) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tests::write_text(folder_.file("rules-1.image"), "half of something");
  shelf_->end_use();
  open();
  ASSERT_TRUE(loaded_);
  spoil_lines("rules-1.db");
  shelf_->end_use();
  open();
  EXPECT_TRUE(loaded_);
}

TEST_F(ReleaseShelfTest, OfADeltaOnlyTheLinesThatItChangesAreRead) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  forge_records();
  tree_.publish(2, ReleaseTree::lines("two"));
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->updates_by_delta(), 1u);
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->version(), 2u);
  EXPECT_EQ(rules_->report().items, 7u) << "the records were not used";
}

TEST_F(ReleaseShelfTest, WhatHqSwitchesOffIsTakenOutWithoutReadingTheLinesAgain) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  forge_records();
  tree_.control({{{.scope = sync::KillScope::kRule, .value = "phone-case", .reason = "a test"}}});
  EXPECT_EQ(update(), "none");
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->report().items, 7u) << "the records were not used";
  EXPECT_EQ(rules_->report().rules_active, 0u);
}

TEST_F(ReleaseShelfTest, WithoutRecordsOfItsBaseADeltaReadsAllLines) {
  const auto spoilers = std::vector<std::function<void(const std::string&)>>{
      [](const std::string& file) { std::filesystem::remove(file); },
      [](const std::string& file) { tests::write_text(file, "half of something"); },
      [](const std::string& file) { std::filesystem::resize_file(file, 900); },
      [](const std::string& file) { ASSERT_TRUE(tests::flip_bit_at(file, "MORE-2")); },
  };
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  uint64_t version = 1;
  for (const auto& spoil : spoilers) {
    const std::string generation = std::to_string(version);
    spoil(folder_.file("rules-" + generation + ".records"));
    if (version > 1) spoil(folder_.file("rules-" + std::to_string(version - 1) + ".records"));
    ++version;
    const Lines lines = ReleaseTree::lines("words " + generation, 3);
    tree_.publish(version, lines);
    EXPECT_EQ(update(), "none");
    EXPECT_EQ(shelf_->updates_by_delta(), version - 1);
    ASSERT_TRUE(rules_);
    EXPECT_EQ(rules_->report().items, 5u);
    EXPECT_EQ(rules_->report().rules_active, 1u);
  }
}

TEST_F(ReleaseShelfTest, AfterABadStartADeltaReadsAllLines) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  shelf_->end_use();
  open();  // and then the till dies
  open();
  forge_records();
  tree_.publish(2, ReleaseTree::lines("two"));
  EXPECT_EQ(update(), "none");
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->report().items, 5u);
}

TEST_F(ReleaseShelfTest, WhatWasNotSavedIsWhenTheShelfGoes) {
  tree_.publish(1, ReleaseTree::lines("one"));
  shelf_->update({.fetcher = fetcher_, .source = source_, .now = now_, .on_kill = [] {}}, scope_);
  EXPECT_THAT(files_beside(), ElementsAre());
  shelf_.reset();
  EXPECT_THAT(files_beside(), ElementsAre("rules-1.image", "rules-1.records"));
}

TEST_F(ReleaseShelfTest, ImagesAndRecordsGoWithTheirGenerations) {
  for (int version = 1; version <= 4; ++version) {
    tree_.publish(static_cast<uint64_t>(version), ReleaseTree::lines(std::to_string(version)));
    ASSERT_EQ(update(), "none");
  }
  EXPECT_THAT(files_beside(),
              ElementsAre("rules-3.image", "rules-3.records", "rules-4.image", "rules-4.records"));
}

TEST_F(ReleaseShelfTest, A29_leftovers_of_a_download_are_nothing) {
  tests::write_text(folder_.file("release.part"), "half of something");
  tests::write_text(folder_.file("rules-1.db.part"), "half of something");
  open();
  tree_.publish(1, ReleaseTree::lines("one"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(files(), ElementsAre("rules-1.db"));
  EXPECT_EQ(stored(), ReleaseTree::lines("one"));
}

TEST_F(ReleaseShelfTest, ANetworkThatFailsIsNotAnsweredWithALargerDownload) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  fetcher_.is_down = true;
  EXPECT_EQ(update(), "closed");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-2.delta.zst"));
  fetcher_.is_down = false;
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->version(), 2u);
}

TEST_F(ReleaseShelfTest, A34_content_that_the_lane_refuses_is_refused_as_a_delta_too) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  Lines bad = ReleaseTree::lines("two");
  bad["rule/phone-case"] = R"({"id":"rule/phone-case","priority":"very"})";
  tree_.publish(2, bad);
  EXPECT_EQ(update(), "refused_content");
  EXPECT_FALSE(rules_);
  EXPECT_THAT(files(), ElementsAre("rules-1.db"));
  tree_.publish(3, ReleaseTree::lines("three"));
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->version(), 3u);
}

constexpr int64_t kHour_s = 3'600;
constexpr int64_t kDay_s = 24 * kHour_s;

TEST_F(ReleaseShelfTest, A36_a_staged_release_comes_when_its_ring_has_reached_the_store) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish_staged(2, ReleaseTree::lines("two"), "salt");
  EXPECT_EQ(update(), "none");
  EXPECT_TRUE(fetcher_.targets.empty());
  const uint32_t bucket = sync::rollout_bucket("salt", "0217");
  tree_.roll_out({{{.version = 2, .stores_bp = bucket}}});
  update();
  EXPECT_TRUE(fetcher_.targets.empty());
  tree_.roll_out({{{.version = 2, .stores_bp = bucket + 1, .is_held = true}}});
  update();
  EXPECT_TRUE(fetcher_.targets.empty()) << "halted: nobody else takes it";
  EXPECT_EQ(shelf_->version(), 1u);
  tree_.roll_out({{{.version = 2, .stores_bp = bucket + 1}}});
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->version(), 2u);
}

TEST_F(ReleaseShelfTest, A36_a_new_lane_outside_the_ring_takes_the_release_before) {
  tree_.publish(1, ReleaseTree::lines("one"));
  tree_.publish_staged(2, ReleaseTree::lines("two"), "salt");
  tree_.roll_out({{{.version = 2, .stores_bp = 0, .lab = {"9999"}}}});
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->version(), 1u);
  tree_.roll_out({{{.version = 2, .stores_bp = 0, .lab = {"9999", "0217"}}}});
  update();
  EXPECT_EQ(shelf_->version(), 2u);
}

TEST_F(ReleaseShelfTest,
       A37_a_killed_rule_goes_at_once_stays_off_over_restart_and_expiry_and_comes_back) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  EXPECT_EQ(rules_->report().rules_active, 1u);
  tree_.control({{{.scope = sync::KillScope::kRule, .value = "phone-case", .reason = "a test"}}});
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(kills_, 1);
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->report().rules_active, 0u);

  update();
  EXPECT_FALSE(rules_) << "nothing new";
  open();
  EXPECT_EQ(loaded_->report().rules_active, 0u);
  now_.utc_s += 100 * kDay_s;
  EXPECT_EQ(update(), "expired");
  open();
  EXPECT_EQ(loaded_->report().rules_active, 0u);

  now_.utc_s -= 100 * kDay_s;
  tree_.control({});
  EXPECT_EQ(update(), "none");
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->report().rules_active, 1u);
}

TEST_F(ReleaseShelfTest, A37_lanes_are_killed_by_all_version_or_group) {
  tree_.publish(1, ReleaseTree::lines("one"));
  for (const sync::Kill& kill :
       {sync::Kill{.scope = sync::KillScope::kAll},
        sync::Kill{.scope = sync::KillScope::kPluginVersion, .value = kVersion},
        sync::Kill{.scope = sync::KillScope::kStoreGroup, .value = "south"}}) {
    tree_.control({{kill}});
    EXPECT_EQ(update(), "none");
    EXPECT_NE(shelf_->trust().control().find_lane_kill(kVersion, scope_.business_unit_groups),
              nullptr);
    open();
    EXPECT_NE(shelf_->trust().control().find_lane_kill(kVersion, scope_.business_unit_groups),
              nullptr);
  }
  tree_.control({{{.scope = sync::KillScope::kStoreGroup, .value = "north"}}});
  update();
  EXPECT_EQ(shelf_->trust().control().find_lane_kill(kVersion, scope_.business_unit_groups),
            nullptr);
}

TEST_F(ReleaseShelfTest, A37_a_kill_comes_through_though_the_release_cannot_be_fetched) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.publish(2, ReleaseTree::lines("two"));
  tree_.control({{{.scope = sync::KillScope::kRule, .value = "phone-case"}}});
  fetcher_.is_down = true;
  EXPECT_EQ(update(), "closed");
  EXPECT_EQ(kills_, 1);
  ASSERT_TRUE(rules_);
  EXPECT_EQ(rules_->version(), 1u);
  EXPECT_EQ(rules_->report().rules_active, 0u);
}

TEST_F(ReleaseShelfTest, A15_the_control_key_alone_can_name_no_rules) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  tree_.repository().put_policy(
      sync::tuf::PolicyRole::kControl,
      R"({"schema":"xsell.control/1","kills":[],"xsell":{"kind":"bundle","version":9}})",
      ReleaseTree::kNow_s);
  EXPECT_EQ(update(), "none");
  EXPECT_EQ(shelf_->version(), 1u);
  EXPECT_FALSE(rules_);
}

TEST_F(ReleaseShelfTest, A07_a_frozen_head_raises_an_alarm_then_is_stale_and_rules_go_on) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  now_.utc_s += 2 * kHour_s;
  update();
  EXPECT_FALSE(shelf_->is_head_frozen());
  now_.utc_s += 1;
  EXPECT_EQ(update(), "none");
  EXPECT_TRUE(shelf_->is_head_frozen());
  EXPECT_THAT(said(), HasSubstr("signed 2 hours ago"));
  EXPECT_FALSE(shelf_->trust().is_stale(now_));
  now_.utc_s += 2 * kDay_s;
  EXPECT_EQ(update(), "expired");
  EXPECT_TRUE(shelf_->trust().is_stale(now_));
  open();
  EXPECT_TRUE(loaded_);
  tree_.resign(now_.utc_s);
  EXPECT_EQ(update(), "none");
  EXPECT_FALSE(shelf_->is_head_frozen());
  EXPECT_FALSE(shelf_->trust().is_stale(now_));
}

TEST_F(ReleaseShelfTest, AStickIsNoFrozenHead) {
  tree_.publish(1, ReleaseTree::lines("one"));
  source_ = ReleaseOrigin::kFolder;
  now_.utc_s += 5 * kHour_s;
  EXPECT_EQ(update(), "none");
  EXPECT_FALSE(shelf_->is_head_frozen());
  EXPECT_EQ(shelf_->source(), ReleaseOrigin::kFolder);
}

TEST_F(ReleaseShelfTest, A07_past_its_staleness_policy_only_what_it_keeps_is_left) {
  Lines lines = ReleaseTree::lines("one");
  lines["policy"] =
      R"({"currency":"EUR","id":"policy","staleness":{"keep":"pinned","stop_after_days":21}})";
  std::string pinned = lines["rule/phone-case"];
  pinned.replace(pinned.find("rule/phone-case"), 15, "rule/pinned");
  pinned.insert(pinned.rfind(",\"prompt\""), R"(,"pinned":true)");
  lines["rule/pinned"] = pinned;
  tree_.publish(1, lines);
  ASSERT_EQ(update(), "none");
  ASSERT_EQ(rules_->report().rules_active, 2u);

  now_.utc_s += 2 * kDay_s + 20 * kDay_s;
  EXPECT_TRUE(shelf_->trust().is_stale(now_));
  EXPECT_FALSE(shelf_->refilter(scope_, now_)) << "rules go on for the policy's days";
  now_.utc_s += kDay_s;
  const auto kept = shelf_->refilter(scope_, now_);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->report().rules_active, 1u);
  EXPECT_FALSE(shelf_->refilter(scope_, now_));
  open();
  EXPECT_EQ(loaded_->report().rules_active, 1u);
  tree_.resign(now_.utc_s);
  EXPECT_EQ(update(), "none");
  const auto all = shelf_->refilter(scope_, now_);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->report().rules_active, 2u);
}

TEST_F(ReleaseShelfTest, A32_a_wrong_clock_neither_expires_what_is_fresh_nor_is_believed) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  for (const int64_t wrong_s :
       {int64_t{0}, int64_t{2'200'000'000}, ReleaseTree::kNow_s + 365 * kDay_s,
        ReleaseTree::kNow_s - kHour_s}) {
    now_.utc_s = wrong_s;
    tree_.publish(shelf_->version() + 1, ReleaseTree::lines(std::to_string(wrong_s)));
    EXPECT_EQ(update(), "none") << wrong_s;
    ASSERT_TRUE(rules_) << wrong_s;
    EXPECT_FALSE(shelf_->trust().is_stale(now_)) << wrong_s;
    EXPECT_EQ(shelf_->trust().clock().last_signed_s(), ReleaseTree::kNow_s);
    open();
    EXPECT_TRUE(loaded_);
  }
}

TEST_F(ReleaseShelfTest, WhatTheLastUpdateSufferedFromIsKeptByNameUntilOneGoesWell) {
  tree_.publish(1, ReleaseTree::lines("one"));
  update();
  EXPECT_FALSE(shelf_->trouble());
  Lines bad = ReleaseTree::lines("two");
  bad["rule/phone-case"] = R"({"id":"rule/phone-case","priority":"very"})";
  tree_.publish(2, bad);
  update();
  ASSERT_TRUE(shelf_->trouble());
  EXPECT_EQ(shelf_->trouble()->failure.name(), "refused_content");
  EXPECT_EQ(shelf_->trouble()->version, 2u);
  EXPECT_EQ(shelf_->trouble()->at_s, now_.utc_s);
  tree_.publish(3, ReleaseTree::lines("three"));
  update();
  EXPECT_FALSE(shelf_->trouble());
}

}  // namespace
}  // namespace xsell::plugin

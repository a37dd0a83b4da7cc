#include "plugin/release_shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offline_cache/database.h"
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
    loaded_ = shelf_->load_newest(scope_);
  }

  std::string update() {
    fetcher_.targets.clear();
    ReleaseShelf::Update update = shelf_->update(fetcher_, scope_, ReleaseTree::kNow_s);
    rules_ = std::move(update.rules);
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
      if (name.starts_with("rules-") || name.ends_with(".part")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
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
  const rules::LaneScope scope_;
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
  ASSERT_TRUE(tests::flip_bit_at(folder_.file("rules-1.db"), "MORE-2\",\"name\":{\"en\":\"More"));
  tree_.publish(3, ReleaseTree::lines("three"));
  EXPECT_EQ(update(), "none");
  EXPECT_THAT(fetcher_.targets, ElementsAre("rules-1-3.delta.zst", "rules-3.bundle.zst"));
  EXPECT_EQ(stored(), ReleaseTree::lines("three"));
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

}  // namespace
}  // namespace xsell::plugin

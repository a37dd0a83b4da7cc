#include "offline_cache/rules_file_update.h"

#include <gtest/gtest.h>

#include "tests/offline_cache/simple_hasher.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;
using Lines = tests::RulesLines;
using Generations = std::vector<uint64_t>;
using Base = RulesFileUpdate::Base;

const Lines kBase = {{"item/1", "one"}, {"item/2", "two"}, {"rule/a", "a"}};
const Lines kNext = {{"item/1", "one"}, {"item/3", "three"}, {"rule/a", "A"}};

class RulesFileUpdateTest : public testing::Test {
 protected:
  RulesFileUpdateTest() {
    RulesFileBuilder builder(files_);
    for (const auto& [id, bytes] : kBase) builder.add(id, bytes);
    builder.publish(5, tests::hash_of(kBase));
  }

  static void change(RulesFileUpdate& update) {
    update.remove("item/2");
    update.put("item/3", "three");
    update.put("rule/a", "A");
  }

  Lines read(uint64_t generation) {
    Lines lines;
    files_.read(generation, tests::into(lines));
    return lines;
  }

  std::string path(uint64_t generation) {
    return folder_.file("rules-" + std::to_string(generation) + ".db");
  }

  TemporaryFolder parent_;
  DataFolder folder_{parent_.file("lane")};
  RulesFiles files_{folder_, tests::new_simple_hasher};
};

TEST_F(RulesFileUpdateTest, TheOlderFileBecomesTheNewOne) {
  Lines told;
  {
    RulesFileUpdate update(files_, 1, Base::kTaken);
    change(update);
    const RulesFileHeader header = update.publish(6, tests::hash_of(kNext), tests::into(told));
    EXPECT_EQ(header.generation, 2u);
    EXPECT_EQ(header.version, 6u);
    EXPECT_EQ(header.line_count, 3u);
  }
  EXPECT_EQ(told, kNext);
  EXPECT_EQ(files_.generations(), (Generations{2}));
  EXPECT_EQ(read(2), kNext);
  EXPECT_EQ(files_.header(2)->version, 6u);
  EXPECT_EQ(files_.header(2)->state_hash, tests::hash_of(kNext));
}

TEST_F(RulesFileUpdateTest, ACopiedBaseStays) {
  RulesFileUpdate update(files_, 1, Base::kCopied);
  change(update);
  update.publish(6, tests::hash_of(kNext));
  EXPECT_EQ(files_.generations(), (Generations{2, 1}));
  EXPECT_EQ(read(1), kBase);
  EXPECT_EQ(read(2), kNext);
}

TEST_F(RulesFileUpdateTest, A33_wrong_result_is_not_published) {
  {
    RulesFileUpdate update(files_, 1, Base::kCopied);
    update.put("rule/a", "something else");
    EXPECT_THROW(update.publish(6, tests::hash_of(kNext)), StorageError);
  }
  EXPECT_EQ(files_.generations(), (Generations{1}));
  EXPECT_EQ(read(1), kBase);
  EXPECT_FALSE(file_exists(path(2) + ".part"));
}

TEST_F(RulesFileUpdateTest, A33_applied_twice_finds_nothing_to_remove) {
  {
    RulesFileUpdate update(files_, 1, Base::kTaken);
    change(update);
    update.publish(6, tests::hash_of(kNext));
  }
  RulesFileUpdate again(files_, 2, Base::kCopied);
  EXPECT_THROW(change(again), StorageError);
}

TEST_F(RulesFileUpdateTest, AnAbandonedUpdateLeavesNothingAndATakenBaseIsGone) {
  {
    RulesFileUpdate update(files_, 1, Base::kTaken);
    update.put("rule/a", "A");
  }
  EXPECT_TRUE(files_.generations().empty());
  EXPECT_FALSE(file_exists(path(2) + ".part"));
}

TEST_F(RulesFileUpdateTest, A29_bit_rot_in_a_line_of_the_base_is_found_when_it_is_read) {
  ASSERT_TRUE(tests::flip_bit_at(path(1), "one"));
  Lines told;
  {
    RulesFileUpdate update(files_, 1, Base::kCopied);
    change(update);
    EXPECT_THROW(update.publish(6, tests::hash_of(kNext), tests::into(told)), StorageError);
  }
  EXPECT_TRUE(told.empty());
  EXPECT_EQ(files_.generations(), (Generations{1}));
}

TEST_F(RulesFileUpdateTest, A29_bit_rot_in_a_line_that_nobody_reads_is_found_by_a_check) {
  ASSERT_TRUE(tests::flip_bit_at(path(1), "one"));
  RulesFileUpdate update(files_, 1, Base::kCopied);
  change(update);
  Lines told;
  update.publish(6, tests::hash_of(kNext), [&](auto&, const RulesFileLines& lines) {
    lines.read(lines.changes()->ids, [&](auto id, auto bytes) { told.emplace_back(id, bytes); });
  });
  EXPECT_EQ(told, (Lines{{"item/3", "three"}, {"rule/a", "A"}}));
  EXPECT_THROW(files_.check(2), StorageError);
}

TEST_F(RulesFileUpdateTest, A29_bit_rot_in_a_digest_of_the_base_is_found) {
  const LineDigest digest = tests::SimpleHasher().digest_of("one");
  ASSERT_TRUE(tests::flip_bit_at(path(1), {reinterpret_cast<const char*>(digest.data()), 8}));
  RulesFileUpdate update(files_, 1, Base::kCopied);
  change(update);
  EXPECT_THROW(update.publish(6, tests::hash_of(kNext)), StorageError);
}

TEST_F(RulesFileUpdateTest, ABaseThatIsNoDatabaseIsCorruptAndStays) {
  tests::write_text(path(1), "not a database, but long enough to be looked at");
  EXPECT_FALSE(files_.header(1));
  EXPECT_THROW(RulesFileUpdate(files_, 1, Base::kCopied), StorageError);
  EXPECT_TRUE(file_exists(path(1)));
  EXPECT_FALSE(file_exists(path(2) + ".part"));
}

}  // namespace
}  // namespace xsell::offline_cache

#include "offline_cache/rules_file.h"

#include <gtest/gtest.h>

#include "offline_cache/database.h"
#include "tests/offline_cache/simple_hasher.h"
#include "tests/offline_cache/temporary_folder.h"

namespace xsell::offline_cache {
namespace {

using tests::TemporaryFolder;
using Lines = tests::RulesLines;

class RulesFileTest : public testing::Test {
 protected:
  RulesFileHeader build(uint64_t version, const Lines& lines) {
    RulesFileBuilder builder(files_);
    for (const auto& [id, bytes] : lines) builder.add(id, bytes);
    return builder.publish(version, tests::hash_of(lines));
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

const Lines kLines = {{"item/1", "{\"id\":\"item/1\"}"}, {"rule/a", "{\"id\":\"rule/a\"}"}};
using Generations = std::vector<uint64_t>;

TEST_F(RulesFileTest, ReadsBackWhatWasPublished) {
  const RulesFileHeader built = build(7, kLines);
  EXPECT_EQ(built.generation, 1u);
  Lines found;
  const RulesFileHeader header = files_.read(1, tests::into(found));
  EXPECT_EQ(found, kLines);
  EXPECT_EQ(header.version, 7u);
  EXPECT_EQ(header.line_count, 2u);
  EXPECT_EQ(header.state_hash, built.state_hash);
}

TEST_F(RulesFileTest, HandsOverTheLinesOfOneKind) {
  build(7, {{"item/1", "one"}, {"rule/a", "a"}, {"rule/\xc3\xa9", "b"}, {"rules/c", "c"}});
  Lines rules;
  files_.read(1, [&](const RulesFileHeader& header, const RulesFileLines& lines) {
    EXPECT_EQ(header.line_count, 4u);
    lines.read("rule/", [&](auto id, auto bytes) { rules.emplace_back(id, bytes); });
  });
  EXPECT_EQ(rules, (Lines{{"rule/a", "a"}, {"rule/\xc3\xa9", "b"}}));
}

TEST_F(RulesFileTest, WhatCannotBeUsedIsNotPublished) {
  RulesFileBuilder builder(files_);
  for (const auto& [id, bytes] : kLines) builder.add(id, bytes);
  EXPECT_THROW(builder.publish(1, tests::hash_of(kLines),
                               [](auto&, auto&) { throw std::runtime_error("refused"); }),
               std::runtime_error);
  EXPECT_TRUE(files_.generations().empty());
}

TEST_F(RulesFileTest, KeepsThePreviousGenerationWhole) {
  build(7, kLines);
  build(8, {});
  build(9, kLines);
  files_.keep_only({3, 2});
  EXPECT_EQ(files_.generations(), (Generations{3, 2}));
  EXPECT_EQ(read(2), Lines{});
}

TEST_F(RulesFileTest, AnUnexpectedStateHashLeavesNothing) {
  RulesFileBuilder builder(files_);
  builder.add("item/1", "{}");
  EXPECT_THROW(builder.publish(1, tests::hash_of(kLines)), StorageError);
  EXPECT_TRUE(files_.generations().empty());
  EXPECT_FALSE(file_exists(path(1) + ".part"));
}

TEST_F(RulesFileTest, AnAbandonedBuildLeavesNothing) {
  { RulesFileBuilder(files_).add("item/1", "{}"); }
  EXPECT_FALSE(file_exists(path(1) + ".part"));
  tests::write_text(path(1) + ".part", "killed in the middle");
  const RulesFiles after_restart(folder_, tests::new_simple_hasher);
  EXPECT_FALSE(file_exists(path(1) + ".part"));
}

TEST_F(RulesFileTest, LinesOutOfOrderAreRefused) {
  RulesFileBuilder builder(files_);
  builder.add("b", "{}");
  EXPECT_THROW(builder.add("a", "{}"), StorageError);
  EXPECT_THROW(builder.add("b", "{}"), StorageError);
}

TEST_F(RulesFileTest, BitRotIsFoundAndTheGenerationSetAside) {
  build(1, kLines);
  build(2, kLines);
  ASSERT_TRUE(tests::flip_bit_at(path(2), "{\"id\":\"rule/a\"}"));
  try {
    read(2);
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::kCorrupt);
  }
  files_.set_aside(2);
  EXPECT_EQ(files_.generations(), (Generations{1}));
  EXPECT_EQ(build(3, kLines).generation, 3u);
}

TEST_F(RulesFileTest, AFileThatIsNoDatabaseIsCorrupt) {
  build(1, kLines);
  tests::write_text(path(1), "not a database, but long enough to be looked at");
  try {
    read(1);
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), StorageError::Kind::kCorrupt);
  }
}

// Each changes the file behind its back; nothing but what was published may come out of it.
TEST_F(RulesFileTest, WhatIsMissingOrAddedIsFound) {
  for (const char* sql :
       {"DELETE FROM line WHERE id='item/1'", "DELETE FROM line WHERE id='rule/a'",
        "DELETE FROM digest WHERE id='item/1'", "UPDATE digest SET digest=x'00' WHERE id='rule/a'",
        "DELETE FROM line; DELETE FROM digest", "INSERT INTO line VALUES('item/2', x'00')",
        "INSERT INTO digest SELECT 'item/2', digest FROM digest WHERE id='item/1'"}) {
    const uint64_t generation = build(1, kLines).generation;
    {
      Database database(path(generation), Database::Profile::kBulkBuild);
      database.execute(sql);
    }
    EXPECT_THROW(read(generation), StorageError) << sql;
    EXPECT_THROW(files_.check(generation), StorageError) << sql;
  }
}

TEST_F(RulesFileTest, LinesReadByTheirIdsAreCheckedToo) {
  build(1, kLines);
  const std::vector<std::string> ids = {"item/0", "rule/a"};
  const auto read_them = [&](uint64_t generation) {
    Lines lines;
    files_.read(generation, [&](auto&, const RulesFileLines& found) {
      found.read(ids, [&](auto id, auto bytes) { lines.emplace_back(id, bytes); });
    });
    return lines;
  };
  EXPECT_EQ(read_them(1), (Lines{kLines[1]}));
  ASSERT_TRUE(tests::flip_bit_at(path(1), "{\"id\":\"rule/a\"}"));
  EXPECT_THROW(read_them(1), StorageError);
}

}  // namespace
}  // namespace xsell::offline_cache

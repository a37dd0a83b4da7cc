// A release compiled line by line is what compile() makes of the whole rule set.
#include "rules/release_compiler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "rules/index_image.h"
#include "tests/rules/random_lane.h"
#include "tests/rules/random_model.h"
#include "tests/rules/twin_lanes.h"

namespace xsell::rules {
namespace {

// The lines of a random release, but for those that no headquarters would write.
std::vector<ReleaseLine> random_lines(std::uint64_t seed) {
  Dice dice(seed);
  const Catalogue catalogue = random_catalogue(dice);
  std::vector<ReleaseLine> lines = to_release_lines(random_rule_set(dice), catalogue);
  std::erase_if(lines, [](const ReleaseLine& line) {
    return RuleSetBuilder().add(line.bytes) != LineResult::added;
  });
  return lines;
}

// Lets all through but what is named.
class AllBut : public ReleaseFilter {
 public:
  explicit AllBut(std::string_view unwanted = {}) : unwanted_(unwanted) {}
  bool lets_rule(std::string_view rule_id, bool) const override { return rule_id != unwanted_; }
  bool lets_promotion(std::string_view promotion) const override { return promotion != unwanted_; }
  bool lets_mined() const override { return unwanted_ != kMinedRuleId; }

 private:
  std::string_view unwanted_;
};

void add_all(ReleaseCompiler& compiler, const std::vector<ReleaseLine>& lines) {
  for (const ReleaseLine& line : lines) {
    EXPECT_EQ(compiler.add(line.id, line.bytes), LineResult::added) << compiler.message();
  }
}

std::unique_ptr<CompiledRuleSet> compile_by_lines(const std::vector<ReleaseLine>& lines,
                                                  const ReleaseFilter& filter = AllBut()) {
  ReleaseCompiler compiler;
  add_all(compiler, lines);
  return compiler.compile({}, 7, filter);
}

std::unique_ptr<CompiledRuleSet> compile_whole(const std::vector<ReleaseLine>& lines) {
  RuleSetBuilder model;
  for (const ReleaseLine& line : lines) model.add(line.bytes);
  return compile(model.take_rule_set(), model.take_catalogue(), {}, 7);
}

void expect_same(CompiledRuleSet& by_lines, CompiledRuleSet& whole, std::uint64_t seed) {
  EXPECT_EQ(by_lines.version(), whole.version());
  EXPECT_EQ(by_lines.report().index_bytes, whole.report().index_bytes);
  for (std::uint32_t rule = 0; !whole.rule_id(rule).empty(); ++rule) {
    EXPECT_EQ(by_lines.rule_id(rule), whole.rule_id(rule));
  }
  expect_same_prompts(by_lines, whole, seed);
}

TEST(ReleaseCompiler, GivesWhatTheWholeRuleSetCompilesTo) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<ReleaseLine> lines = random_lines(seed);
    expect_same(*compile_by_lines(lines), *compile_whole(lines), seed);
    if (HasFatalFailure()) return;
  }
}

TEST(ReleaseCompiler, ARuleThatIsNotWantedCountsAsAbsent) {
  std::vector<ReleaseLine> lines = random_lines(3);
  const std::string unwanted = "rule-101";
  const auto by_lines = compile_by_lines(lines, AllBut(unwanted));
  ASSERT_EQ(std::erase_if(lines, [&](const auto& line) { return line.id == "rule/" + unwanted; }),
            1u);
  expect_same(*by_lines, *compile_whole(lines), 3);
}

TEST(ReleaseCompiler, SaysWhyItRefusesALine) {
  ReleaseCompiler compiler;
  EXPECT_EQ(compiler.add("rule/a", R"({"id":"rule/a","priority":"very"})"), LineResult::refused);
  EXPECT_NE(compiler.message().find("priority"), std::string::npos) << compiler.message();
}

// Of any kind that there is, and many that no lane evaluates.
std::vector<ReleaseLine> lines_of_any_kind(std::uint64_t seed) {
  RandomModel model(static_cast<std::uint32_t>(seed));
  RuleSet rules = model.rule_set();
  std::vector<ReleaseLine> lines = to_release_lines(rules, model.catalogue());
  std::erase_if(lines, [](const ReleaseLine& line) {
    return RuleSetBuilder().add(line.bytes) != LineResult::added;
  });
  const auto is_same = [](const auto& a, const auto& b) { return a.id == b.id; };
  lines.erase(std::unique(lines.begin(), lines.end(), is_same), lines.end());
  return lines;
}

std::vector<ReleaseLine> some_lines(std::uint64_t seed) {
  return seed % 2 == 0 ? random_lines(seed) : lines_of_any_kind(seed);
}

// A release after random changes: lines taken out, put in and exchanged against those of another
// random release, which differ in anything: the policy and sets, the catalogue, rules and pairs.
struct Changed {
  std::vector<ReleaseLine> lines;
  std::vector<std::string> ids;
};

Changed change_at_random(const std::vector<ReleaseLine>& lines, std::uint64_t seed) {
  std::map<std::string, std::string> before;
  for (const ReleaseLine& line : lines) before[line.id] = line.bytes;
  std::map<std::string, std::string> after = before;
  Dice dice(seed);
  const int percent = dice.chance(30) ? 60 : 8;
  for (const ReleaseLine& line : lines) {
    if (line.id != "policy" && dice.chance(percent)) after.erase(line.id);
  }
  for (const ReleaseLine& line : some_lines(seed + 1'000)) {
    if (dice.chance(percent)) after[line.id] = line.bytes;
  }
  Changed changed;
  for (const auto& [id, bytes] : after) {
    changed.lines.push_back({id, bytes});
    const auto old = before.find(id);
    if (has_record(id) && (old == before.end() || old->second != bytes)) changed.ids.push_back(id);
  }
  for (const auto& [id, bytes] : before) {
    if (has_record(id) && !after.contains(id)) changed.ids.push_back(id);
  }
  std::sort(changed.ids.begin(), changed.ids.end());
  return changed;
}

std::string bytes_of(const ReleaseRecords& records) {
  std::string bytes;
  write_records(records, [&](std::string_view part) { bytes += part; });
  return bytes;
}

ReleaseRecords read_back(std::string_view bytes) {
  auto records = read_records(bytes.size(), [&](void* to, std::size_t size) {
    if (size > bytes.size()) return false;
    std::memcpy(to, bytes.data(), size);
    bytes.remove_prefix(size);
    return true;
  });
  EXPECT_TRUE(records && bytes.empty());
  return std::move(*records);
}

// What a lane does with a delta: reads what changed, and what has no record.
std::unique_ptr<CompiledRuleSet> compile_changes(const Changed& changed, ReleaseRecords& records) {
  ReleaseCompiler compiler(std::move(records), changed.ids);
  std::vector<ReleaseLine> read;
  for (const ReleaseLine& line : changed.lines) {
    if (!has_record(line.id) ||
        std::binary_search(changed.ids.begin(), changed.ids.end(), line.id)) {
      read.push_back(line);
    }
  }
  add_all(compiler, read);
  auto rules = compiler.compile({}, 7, AllBut());
  records = compiler.take_records();
  return rules;
}

// Every number and text of the index, byte by byte.
std::string index_of(const CompiledRuleSet& rules) {
  std::string bytes;
  ImageContent(rules).write([&](std::string_view part) { bytes += part; });
  return bytes;
}

// Change after change, as a lane lives on for months.
TEST(ReleaseCompiler, OfChangesIsByteForByteThatOfAllLines) {
  std::size_t read_count = 0;
  std::size_t line_count = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<ReleaseLine> lines = some_lines(seed);
    ReleaseCompiler first;
    add_all(first, lines);
    first.compile({}, 7, AllBut());
    ReleaseRecords records = first.take_records();
    for (std::uint64_t step = 1; step <= 5; ++step) {
      SCOPED_TRACE(step);
      const Changed changed = change_at_random(lines, 100 * seed + step);
      const auto by_changes = compile_changes(changed, records);

      ReleaseCompiler anew;
      add_all(anew, changed.lines);
      const auto by_lines = anew.compile({}, 7, AllBut());
      ASSERT_EQ(index_of(*by_changes), index_of(*by_lines));
      // Nothing is left over of what went.
      const std::string tidied = bytes_of(records.tidied());
      ASSERT_EQ(tidied, bytes_of(anew.take_records()));
      // Sometimes by way of the disk.
      if (step % 2 == 0) records = read_back(tidied);
      read_count += changed.ids.size();
      line_count += changed.lines.size();
      lines = changed.lines;
    }
  }
  EXPECT_GT(read_count, line_count / 10);
  EXPECT_LT(read_count, line_count * 9 / 10) << "hardly any record was used again";
}

TEST(ReleaseCompiler, RecordsServeAnyLane) {
  const std::vector<ReleaseLine> lines = random_lines(5);
  ReleaseCompiler first;
  add_all(first, lines);
  first.compile({}, 7, AllBut());
  ReleaseRecords records = first.take_records();
  LaneScope other;
  other.business_unit = "0217";
  other.business_unit_groups = {"south"};
  other.workstation_type = WorkstationType::self_checkout;
  ReleaseCompiler again(std::move(records), {});
  std::vector<ReleaseLine> without_record = lines;
  std::erase_if(without_record, [](const ReleaseLine& line) { return has_record(line.id); });
  add_all(again, without_record);
  ReleaseCompiler anew;
  add_all(anew, lines);
  EXPECT_EQ(index_of(*again.compile(other, 8, AllBut(kMinedRuleId))),
            index_of(*anew.compile(other, 8, AllBut(kMinedRuleId))));
}

TEST(ReleaseRecords, OfAnotherFormatOrCutShortAreNone) {
  ReleaseCompiler compiler;
  add_all(compiler, random_lines(7));
  compiler.compile({}, 7, AllBut());
  const std::string bytes = bytes_of(compiler.take_records());
  const auto is_read = [](std::string_view some) {
    const std::uint64_t size = some.size();
    return read_records(size,
                        [&](void* to, std::size_t wanted) {
                          if (wanted > some.size()) return false;
                          std::memcpy(to, some.data(), wanted);
                          some.remove_prefix(wanted);
                          return true;
                        })
        .has_value();
  };
  ASSERT_TRUE(is_read(bytes));
  std::string other = bytes;
  other[0] = static_cast<char>(other[0] ^ 1);
  EXPECT_FALSE(is_read(other));
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    ASSERT_FALSE(is_read(std::string_view(bytes).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace xsell::rules

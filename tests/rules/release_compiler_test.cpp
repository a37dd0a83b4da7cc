// A release compiled line by line is what compile() makes of the whole rule set.
#include "rules/release_compiler.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/rules/random_lane.h"
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

// The lines as a lane reads them from its rules file.
std::unique_ptr<CompiledRuleSet> compile_by_lines(
    const std::vector<ReleaseLine>& lines, const std::function<bool(const Rule&)>& is_wanted) {
  ReleaseCompiler compiler({}, 7);
  const auto is_of = [](const ReleaseLine& line, std::string_view kind) {
    return std::string_view(line.id).starts_with(kind);
  };
  for (const ReleaseLine& line : lines) {
    if (is_of(line, "rule/") || is_of(line, "pair/")) continue;
    EXPECT_EQ(compiler.add(line.bytes), LineResult::added) << compiler.message();
  }
  compiler.begin_rules(lines.size());
  for (const ReleaseLine& line : lines) {
    if (!is_of(line, "rule/")) continue;
    EXPECT_EQ(compiler.add_rule(line.bytes, is_wanted), LineResult::added) << compiler.message();
  }
  for (const ReleaseLine& line : lines) {
    if (!is_of(line, "pair/")) continue;
    EXPECT_EQ(compiler.add_pair(line.bytes), LineResult::added) << compiler.message();
  }
  return compiler.finish();
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
    expect_same(*compile_by_lines(lines, [](const Rule&) { return true; }), *compile_whole(lines),
                seed);
    if (HasFatalFailure()) return;
  }
}

TEST(ReleaseCompiler, ARuleThatIsNotWantedCountsAsAbsent) {
  std::vector<ReleaseLine> lines = random_lines(3);
  const std::string unwanted = "rule-101";
  const auto by_lines =
      compile_by_lines(lines, [&](const Rule& rule) { return rule.rule_id != unwanted; });
  ASSERT_EQ(std::erase_if(lines, [&](const auto& line) { return line.id == "rule/" + unwanted; }),
            1u);
  expect_same(*by_lines, *compile_whole(lines), 3);
}

TEST(ReleaseCompiler, SaysWhyItRefusesALine) {
  ReleaseCompiler compiler({}, 7);
  compiler.begin_rules(1);
  EXPECT_EQ(
      compiler.add_rule(R"({"id":"rule/a","priority":"very"})", [](const Rule&) { return true; }),
      LineResult::refused);
  EXPECT_NE(compiler.message().find("priority"), std::string::npos) << compiler.message();
}

}  // namespace
}  // namespace xsell::rules

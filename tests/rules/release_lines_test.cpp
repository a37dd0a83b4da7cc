#include "rules/release_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rules/parse.h"
#include "tests/rules/example_document.h"
#include "tests/rules/random_model.h"

namespace xsell::rules {
namespace {

using testing::HasSubstr;

TEST(ReleaseLines, WritesOneCanonicalObjectPerLineSortedById) {
  RuleSet rule_set;
  rule_set.policy.max_prompts_per_answer = 2;
  rule_set.item_sets.push_back({"pasta", {}, {}});
  rule_set.item_sets.back().list.categories = {"0412"};
  Rule rule;
  rule.rule_id = "r1";
  rule.condition.kind = ConditionKind::basket_has;
  rule.condition.min = 1500;
  rule.condition.selector.set = "pasta";
  rule.offers.emplace_back().target.list.items = {*ItemKey::from_text("4006381333931")};
  rule.offers.back().score_millionths = 310'000;
  rule.prompt.operator_text.set("en", "Line\nbreak");
  rule_set.rules.push_back(rule);
  rule_set.pairs.push_back({*ItemKey::from_text("A"), *ItemKey::from_text("B"), 1, 2, 3, 4, 5});
  Catalogue catalogue;
  catalogue.items.emplace_back().key = *ItemKey::from_text("A");
  catalogue.categories.push_back({"0412", "", {}, 0, {}});

  std::vector<std::string> bytes;
  for (const ReleaseLine& line : to_release_lines(rule_set, catalogue)) bytes.push_back(line.bytes);
  EXPECT_THAT(
      bytes,
      testing::ElementsAre(
          R"({"id":"category/0412"})", R"({"id":"item/A"})",
          R"({"N":4,"a":2,"b":3,"id":"pair/A>B","n":1,"p":5})",
          R"({"id":"policy","max_prompts_per_answer":2})",
          R"({"condition":{"basket_has":{"min_quantity":"1.5","set":"pasta"}},"id":"rule/r1",)"
          R"("offers":[{"items":["04006381333931"],"score":"0.31"}],"prompt":{"operator_text":{"en":"Line\nbreak"}}})",
          R"({"categories":["0412"],"id":"set/pasta"})"));
}

TEST(ReleaseLines, ComeBackExactlyFromTheExample) {
  ParsedRules parsed = parse_rules(kExampleDocument, "example.json");
  parsed.rule_set.put_in_order();
  RuleSetBuilder builder;
  for (const ReleaseLine& line : to_release_lines(parsed.rule_set, {})) {
    ASSERT_EQ(builder.add(line.bytes), LineResult::added) << builder.message();
  }
  EXPECT_EQ(builder.take_rule_set(), parsed.rule_set);
}

TEST(ReleaseLines, ComeBackExactlyFromAnyRuleSet) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    RandomModel random(seed);
    const RuleSet rule_set = random.rule_set();
    const Catalogue catalogue = random.catalogue();
    std::vector<ReleaseLine> lines = to_release_lines(rule_set, catalogue);
    ASSERT_TRUE(
        std::is_sorted(lines.begin(), lines.end(),
                       [](const ReleaseLine& a, const ReleaseLine& b) { return a.id < b.id; }));
    RuleSetBuilder builder;
    std::reverse(lines.begin(), lines.end());
    for (const ReleaseLine& line : lines) {
      ASSERT_EQ(line.bytes.find('\n'), std::string::npos);
      ASSERT_EQ(builder.add(line.bytes), LineResult::added)
          << "seed " << seed << ": " << builder.message() << "\n"
          << line.bytes;
    }
    const RuleSet back = builder.take_rule_set();
    const Catalogue catalogue_back = builder.take_catalogue();
    ASSERT_EQ(back, rule_set) << "seed " << seed;
    ASSERT_EQ(catalogue_back, catalogue) << "seed " << seed;
    std::reverse(lines.begin(), lines.end());
    ASSERT_EQ(to_release_lines(back, catalogue_back), lines) << "seed " << seed;
  }
}

TEST(RuleSetBuilder, SkipsAndCountsWhatANewerHeadquartersMayHaveWritten) {
  RuleSetBuilder builder;
  EXPECT_EQ(builder.add(R"({"id":"planogram/7","x":1})"), LineResult::skipped);
  EXPECT_EQ(builder.add(R"({"id":"rule/new-field","prompt":{},"offers":[{"hologram":1}]})"),
            LineResult::skipped);
  EXPECT_THAT(builder.message(),
              HasSubstr("rule/new-field: offers[0]: there is no field \"hologram\""));
  EXPECT_EQ(builder.add(R"({"id":"rule/new-word","prompt":{"mode":"hologram"}})"),
            LineResult::skipped);
  EXPECT_EQ(builder.add(R"({"id":"pair/A>B","p":5,"store":"0217"})"), LineResult::skipped);
  EXPECT_EQ(builder.add(R"({"id":"set/new","shelves":["7"]})"), LineResult::skipped);
  EXPECT_EQ(builder.skipped_count(), 5U);
  EXPECT_EQ(builder.add(R"({"id":"item/A","weight_g":7})"), LineResult::added)
      << "a fact more does no harm";
  EXPECT_EQ(builder.add(R"({"id":"policy","snooze_minutes":5,"future":true})"), LineResult::added);
  EXPECT_EQ(builder.take_rule_set().policy.snooze_minutes, 5);
}

TEST(RuleSetBuilder, KeepsARuleWithAnUnknownConditionForTheEngineToCount) {
  RuleSetBuilder builder;
  EXPECT_EQ(builder.add(R"({"id":"rule/r","prompt":{},"condition":{"weather":{"is":"rain"}}})"),
            LineResult::added);
  EXPECT_EQ(builder.take_rule_set().rules[0].condition.kind, ConditionKind::unknown);
}

TEST(RuleSetBuilder, RefusesBrokenLines) {
  RuleSetBuilder builder;
  for (const std::string line :
       {"", "[]", "{}", R"({"id":7})", R"({"id":"item/A","id":"item/B"})", R"({"id":"item/"})",
        R"({"id":"item"})", R"({"id":"item/4006381333931"})", R"({"id":"pair/A","p":1})",
        R"({"id":"pair/A>B"})", R"({"id":"pair/A>B","p":-1})", R"({"id":"rule/r"})",
        R"({"id":"rule/r","prompt":{},"priority":0.5})", R"({"id":"rule/no spaces","prompt":{}})",
        R"({"id":"policy","max_prompts_per_answer":4})", R"({"id":"category/a","minimum_age":"x"})",
        R"({"id":"set/","items":["A"]})"}) {
    EXPECT_EQ(builder.add(line), LineResult::refused) << line;
    EXPECT_FALSE(builder.message().empty());
  }
  const std::string long_line =
      R"({"id":"item/A","brand":")" + std::string(kMaxReleaseLineBytes, 'x') + "\"}";
  EXPECT_EQ(builder.add(long_line), LineResult::refused);
  EXPECT_EQ(builder.take_rule_set(), RuleSet());
  EXPECT_EQ(builder.take_catalogue(), Catalogue());
}

}  // namespace
}  // namespace xsell::rules

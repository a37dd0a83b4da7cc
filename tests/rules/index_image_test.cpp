// A compiled rule set, written and read back, is the same rule set.
#include "rules/index_image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "tests/rules/random_lane.h"
#include "tests/rules/twin_lanes.h"

namespace xsell::rules {
namespace {

std::string image_of(const CompiledRuleSet& rules) {
  std::string bytes;
  ImageContent(rules).write([&](std::string_view part) { bytes += part; });
  return bytes;
}

std::unique_ptr<CompiledRuleSet> from_image(std::string_view bytes, const LaneScope& scope) {
  return read_image(
      bytes.size(),
      [&](void* to, std::size_t size) {
        if (size > bytes.size()) return false;
        std::memcpy(to, bytes.data(), size);
        bytes.remove_prefix(size);
        return true;
      },
      scope);
}

std::unique_ptr<CompiledRuleSet> random_rules(std::uint64_t seed, const LaneScope& scope) {
  Dice dice(seed);
  Catalogue catalogue = random_catalogue(dice);
  RuleSet rules = random_rule_set(dice);
  return compile(std::move(rules), std::move(catalogue), scope, seed);
}

TEST(IndexImage, AnswersWordForWordAndCountsAsTheOriginal) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const auto rules = random_rules(seed, {});
    const auto again = from_image(image_of(*rules), {});
    ASSERT_TRUE(again);
    expect_same_prompts(*rules, *again, seed);
    if (HasFatalFailure()) return;
  }
}

TEST(IndexImage, KeepsVersionReportAndRuleIds) {
  std::size_t active = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto rules = random_rules(seed, {});
    const auto again = from_image(image_of(*rules), {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->version(), seed);
    EXPECT_EQ(again->report().rules_active, rules->report().rules_active);
    EXPECT_EQ(again->report().index_bytes, rules->report().index_bytes);
    for (std::uint32_t rule = 0; !rules->rule_id(rule).empty(); ++rule) {
      EXPECT_EQ(again->rule_id(rule), rules->rule_id(rule));
    }
    active += rules->report().rules_active;
  }
  EXPECT_GT(active, 0u);
}

TEST(IndexImage, OfAnotherBuildOrCutShortIsNone) {
  const std::string image = image_of(*random_rules(7, {}));
  std::string other_build = image;
  other_build[0] = static_cast<char>(other_build[0] ^ 1);
  EXPECT_FALSE(from_image(other_build, {}));
  EXPECT_FALSE(from_image(image + "x", {}));
  EXPECT_FALSE(from_image({}, {}));
  for (std::size_t size = 0; size < image.size(); size += 97) {
    ASSERT_FALSE(from_image(std::string_view(image).substr(0, size), {})) << size;
  }
}

}  // namespace
}  // namespace xsell::rules

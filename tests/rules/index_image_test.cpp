// A compiled rule set, written and read back, is the same rule set.
#include "rules/index_image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "rules/lane_engine.h"
#include "tests/rules/random_lane.h"

namespace xsell::rules {
namespace {

std::string image_of(const CompiledRuleSet& rules) {
  std::string bytes;
  write_image(rules, [&](std::string_view part) { bytes += part; });
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

std::vector<std::string> words_of(const Answer& answer) {
  std::vector<std::string> words;
  for (const Prompt& prompt : answer.view()) {
    words.push_back(std::string(prompt.rule_id) + '|' + std::string(prompt.item) + '|' +
                    std::string(prompt.description) + '|' + std::string(prompt.operator_text) +
                    '|' + std::string(prompt.reason) + '|' + std::to_string(prompt.price_minor) +
                    '|' + std::to_string(prompt.score) + '|' + std::to_string(prompt.prompt_id));
  }
  return words;
}

// Both engines get the same events.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : first_(random_rules(seed, {})), dice_(seed) {
    second_ = from_image(image_of(*first_), {});
  }
  void play(int events) {
    ASSERT_TRUE(second_);
    LaneEngine first({}, nullptr);
    LaneEngine second({}, nullptr);
    first.adopt(first_.get());
    second.adopt(second_.get());
    RandomTill till(dice_);
    std::vector<std::uint64_t> shown;
    for (int i = 0; i < events; ++i) {
      Event event = till.next(shown.size());
      const int place = till.prompt_place();
      if (place >= 0) event.prompt_id = shown[static_cast<std::size_t>(place)];
      const Answer& answer = first.on_event(event);
      shown.clear();
      for (const Prompt& prompt : answer.view()) shown.push_back(prompt.prompt_id);
      ASSERT_EQ(words_of(answer), words_of(second.on_event(event))) << "event " << i;
    }
    const auto rows = first_->silence().rows();
    const auto others = second_->silence().rows();
    ASSERT_EQ(rows.size(), others.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows[i].rule, others[i].rule);
      EXPECT_EQ(rows[i].reason, others[i].reason);
      EXPECT_EQ(rows[i].count, others[i].count);
    }
  }

 private:
  std::unique_ptr<CompiledRuleSet> first_;
  std::unique_ptr<CompiledRuleSet> second_;
  Dice dice_;
};

TEST(IndexImage, AnswersWordForWordAndCountsAsTheOriginal) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Twins(seed).play(150);
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

#include "tests/rules/twin_lanes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rules/lane_engine.h"
#include "tests/rules/random_lane.h"

namespace xsell::rules {
namespace {

constexpr int kEvents = 150;

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

}  // namespace

void expect_same_prompts(CompiledRuleSet& first, CompiledRuleSet& second, std::uint64_t seed) {
  LaneEngine first_lane({}, nullptr);
  LaneEngine second_lane({}, nullptr);
  first_lane.adopt(&first);
  second_lane.adopt(&second);
  Dice dice(seed);
  RandomTill till(dice);
  std::vector<std::uint64_t> shown;
  for (int i = 0; i < kEvents; ++i) {
    Event event = till.next(shown.size());
    const int place = till.prompt_place();
    if (place >= 0) event.prompt_id = shown[static_cast<std::size_t>(place)];
    const Answer& answer = first_lane.on_event(event);
    shown.clear();
    for (const Prompt& prompt : answer.view()) shown.push_back(prompt.prompt_id);
    ASSERT_EQ(words_of(answer), words_of(second_lane.on_event(event))) << "event " << i;
  }
  const auto rows = first.silence().rows();
  const auto others = second.silence().rows();
  ASSERT_EQ(rows.size(), others.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].rule, others[i].rule);
    EXPECT_EQ(rows[i].reason, others[i].reason);
    EXPECT_EQ(rows[i].count, others[i].count);
  }
}

}  // namespace xsell::rules

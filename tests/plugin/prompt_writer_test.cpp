#include "plugin/prompt_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace xsell::plugin {
namespace {

xsell_prompt_list list_of(std::vector<xsell_prompt>& items) {
  return {sizeof(xsell_prompt_list),
          sizeof(xsell_prompt),
          static_cast<uint32_t>(items.size()),
          0,
          items.data(),
          0};
}

rules::Answer one_prompt(const rules::Prompt& prompt) {
  rules::Answer answer;
  answer.count = 1;
  answer.prompts[0] = prompt;
  return answer;
}

TEST(PromptWriter, WritesAPrompt) {
  const uint64_t triggers[] = {4, 2};
  rules::Prompt prompt;
  prompt.prompt_id = 11;
  prompt.rule_id = "pasta-sauce";
  prompt.relation = rules::Relation::accessory;
  prompt.item = "04001234500012";
  prompt.operator_text = "Sauce with that?";
  prompt.line_display = "SAUCE\n-0.50";
  prompt.language = "he-IL";
  prompt.trigger_lines = triggers;
  prompt.timeout_seconds = 8;
  std::vector<xsell_prompt> items(3);
  xsell_prompt_list list = list_of(items);
  ASSERT_EQ(prepare(&list), XSELL_OK);
  PromptWriter().write(one_prompt(prompt), 5, &list);
  EXPECT_EQ(list.count, 1u);
  EXPECT_EQ(list.rule_set_version, 5u);
  EXPECT_EQ(items[0].struct_size, sizeof(xsell_prompt));
  EXPECT_EQ(items[0].prompt, 11u);
  EXPECT_EQ(items[0].relation, uint32_t{XSELL_RELATION_ACCESSORY});
  EXPECT_STREQ(items[0].rule_id, "pasta-sauce");
  EXPECT_STREQ(items[0].line_display_1, "SAUCE");
  EXPECT_STREQ(items[0].line_display_2, "-0.50");
  EXPECT_EQ(items[0].trigger_count, 2u);
  EXPECT_EQ(items[0].trigger_lines[1], 2u);
  EXPECT_EQ(items[0].show_ms, 8000u);
  EXPECT_EQ(items[0].text_direction, uint32_t{XSELL_TEXT_RIGHT_TO_LEFT});
  EXPECT_EQ(items[0].flags, 0u);
}

TEST(PromptWriter, CutsTextsAtACodePoint) {
  std::string text(254, 'x');
  text += "\xc3\xa9";  // its second byte would be the 256th
  rules::Prompt prompt;
  prompt.operator_text = text;
  std::vector<xsell_prompt> items(1);
  xsell_prompt_list list = list_of(items);
  PromptWriter().write(one_prompt(prompt), 0, &list);
  EXPECT_EQ(std::string(items[0].operator_text), std::string(254, 'x'));
}

TEST(PromptWriter, ServesAHostThatKnowsMoreMembers) {
  struct LaterPrompt {
    xsell_prompt known;
    uint64_t appended;
  };
  std::vector<LaterPrompt> items(2, LaterPrompt{{}, 77});
  xsell_prompt_list list{sizeof(xsell_prompt_list), sizeof(LaterPrompt), 2, 9, items.data(), 9};
  ASSERT_EQ(prepare(&list), XSELL_OK);
  EXPECT_EQ(list.count, 0u);
  rules::Answer answer = one_prompt({});
  answer.count = 2;
  answer.prompts[1].prompt_id = 8;
  PromptWriter().write(answer, 0, &list);
  EXPECT_EQ(items[1].known.prompt, 8u);
  EXPECT_EQ(items[1].appended, 0u);
}

TEST(PromptWriter, RefusesMemoryItCannotUse) {
  std::vector<xsell_prompt> items(3);
  xsell_prompt_list list = list_of(items);
  list.struct_size = 8;
  EXPECT_EQ(prepare(&list), XSELL_ERROR_STRUCT_SIZE);
  list = list_of(items);
  list.item_size = 64;
  EXPECT_EQ(prepare(&list), XSELL_ERROR_STRUCT_SIZE);
  list = list_of(items);
  list.items = nullptr;
  EXPECT_EQ(prepare(&list), XSELL_ERROR_ARGUMENT);
  list = list_of(items);
  list.items = reinterpret_cast<char*>(items.data()) + 1;
  EXPECT_EQ(prepare(&list), XSELL_ERROR_ARGUMENT);
  EXPECT_EQ(prepare(nullptr), XSELL_OK);
}

TEST(PromptWriter, NeverWritesMoreThanFit) {
  std::vector<xsell_prompt> items(1);
  xsell_prompt_list list = list_of(items);
  rules::Answer answer;
  answer.count = 3;
  PromptWriter().write(answer, 0, &list);
  EXPECT_EQ(list.count, 1u);
  PromptWriter().write(answer, 0, nullptr);
}

std::vector<xsell_prompt> told_by(PromptWriter& writer, const rules::Answer& answer) {
  std::vector<xsell_prompt> items(3);
  xsell_prompt_list list = list_of(items);
  writer.write(answer, 0, &list);
  items.resize(list.count);
  return items;
}

TEST(PromptWriter, WritesAnewOnlyWhatReadsOtherwise) {
  PromptWriter writer;
  rules::Prompt prompt;
  prompt.wording = 1;
  prompt.operator_text = "Sauce with that?";
  EXPECT_STREQ(told_by(writer, one_prompt(prompt))[0].operator_text, "Sauce with that?");
  // Not how the engine behaves: it shows that the text is not read again.
  prompt.operator_text = "Cheese with that?";
  EXPECT_STREQ(told_by(writer, one_prompt(prompt))[0].operator_text, "Sauce with that?");
  prompt.wording = 2;
  EXPECT_STREQ(told_by(writer, one_prompt(prompt))[0].operator_text, "Cheese with that?");
}

TEST(PromptWriter, WritesWhatMayChangeAtAnyTimeEachTime) {
  PromptWriter writer;
  rules::Prompt prompt;
  prompt.on_hand_milli = 2000;
  EXPECT_EQ(told_by(writer, one_prompt(prompt))[0].stock_milli, 2000);
  prompt.on_hand_milli = 1000;
  EXPECT_EQ(told_by(writer, one_prompt(prompt))[0].stock_milli, 1000);
}

TEST(PromptWriter, KeepsPromptsApartWhileTheyComeAndGo) {
  PromptWriter writer;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("rule-" + std::to_string(i));
  // Each answer keeps two prompts of the one before, in other places.
  for (std::size_t first = 0; first + 3 <= names.size(); ++first) {
    rules::Answer answer;
    answer.count = 3;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t at = first + (i + first) % 3;
      answer.prompts[i].wording = at + 1;
      answer.prompts[i].rule_id = names[at];
    }
    const std::vector<xsell_prompt> told = told_by(writer, answer);
    for (std::size_t i = 0; i < 3; ++i)
      ASSERT_STREQ(told[i].rule_id, names[first + (i + first) % 3].c_str());
  }
}

}  // namespace
}  // namespace xsell::plugin

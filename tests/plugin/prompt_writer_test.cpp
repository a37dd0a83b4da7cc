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
  write_answer(one_prompt(prompt), 5, &list);
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
  write_answer(one_prompt(prompt), 0, &list);
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
  write_answer(answer, 0, &list);
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
  write_answer(answer, 0, &list);
  EXPECT_EQ(list.count, 1u);
  write_answer(answer, 0, nullptr);
}

}  // namespace
}  // namespace xsell::plugin

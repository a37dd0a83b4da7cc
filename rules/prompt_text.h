// The words of a prompt: the rule's texts in the operator's language, with their placeholders
// filled in. Threads: one at a time. Allocates nothing. Texts that are too long are cut at a code
// point.
#ifndef XSELL_RULES_PROMPT_TEXT_H_
#define XSELL_RULES_PROMPT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/basket_state.h"
#include "rules/prompt_log.h"
#include "rules/rule_index.h"

namespace xsell::rules {

// One prompt as it reads, with room for its texts.
struct PromptTextRoom {
  std::uint32_t revision = 0;  // of the record that was written
  Prompt prompt;
  RuleIdText rule_id;
  std::string_view operator_text;
  std::string_view customer_text;
  std::string_view line_display;
  std::string_view reason;
  char operator_bytes[256];
  char customer_bytes[256];
  char display_bytes[168];
  char reason_bytes[256];
};

// The item's name in this language, or its key.
std::string_view item_name(const RuleIndex& index, std::uint32_t item, std::string_view language);
std::string_view key_of(const RuleIndex& index, std::uint32_t item);  // empty for kNoId
// "mined" for kMinedRule, empty for kNoRule.
RuleIdText rule_id_of(const RuleIndex& index, std::uint32_t rule);
// Requires: the record's ids are of this index.
RuleIdText rule_id_of(const RuleIndex& index, const PromptRecord& record);
std::string_view text_of(const RuleIndex& index, std::uint32_t text, std::string_view language);

// Bring near what wording will need: first where names are, then the names themselves.
void fetch_names(const RuleIndex& index, const PromptRecord& record);
void fetch_texts(const RuleIndex& index, const PromptRecord& record);

void write_texts(const RuleIndex& index, const PromptRecord& record, std::string_view language,
                 PromptTextRoom& room);

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMPT_TEXT_H_

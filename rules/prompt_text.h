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

// What the placeholders stand for.
struct TextValues {
  std::string_view offer;              // {offer}
  std::string_view trigger;            // {trigger}
  std::int64_t quantity_milli = 1000;  // {quantity}
  std::int64_t price_minor = -1;       // {price}; -1: unknown
  std::int64_t saving_minor = -1;      // {saving}; -1: the host has not confirmed it
  int percent = 0;                     // {percent}
  Currency currency;
};

// Empty when the text speaks of a price or saving that is not known: rather say nothing than a
// wrong thing.
std::string_view fill_in(std::string_view text, const TextValues& values, std::span<char> room);

// One prompt as it reads, with room for its texts.
struct PromptTextRoom {
  std::uint32_t revision = 0;  // of the record that was written
  Prompt prompt;
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
std::string_view text_of(const RuleIndex& index, std::uint32_t text, std::string_view language);

void write_texts(const RuleIndex& index, const PromptRecord& record, std::string_view language,
                 PromptTextRoom& room);

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMPT_TEXT_H_

#ifndef XSELL_PLUGIN_PROMPT_WRITER_H_
#define XSELL_PLUGIN_PROMPT_WRITER_H_

#include "rules/prompt.h"
#include "xsell/prompt.h"

namespace xsell::plugin {

// Checks the till's memory for the answer and empties it. Null is fine: the answer is not wanted.
xsell_status prepare(xsell_prompt_list* list) noexcept;

// Writes the engine's answer into it. Requires: prepare() accepted it. Allocates nothing.
void write_answer(const rules::Answer& answer, uint64_t rule_set_version,
                  xsell_prompt_list* list) noexcept;

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_PROMPT_WRITER_H_

#ifndef XSELL_PLUGIN_PROMPT_WRITER_H_
#define XSELL_PLUGIN_PROMPT_WRITER_H_

#include <array>
#include <cstdint>

#include "rules/prompt.h"
#include "xsell/prompt.h"

namespace xsell::plugin {

// Checks the till's memory for the answer and empties it. Null is fine: the answer is not wanted.
xsell_status prepare(xsell_prompt_list* list) noexcept;

// Writes the engine's answers. Most scans leave the prompts as they were: these are kept as the
// till gets them and copied. Threads: one at a time. Allocates nothing.
class PromptWriter {
 public:
  // Requires: prepare() accepted the list.
  void write(const rules::Answer& answer, uint64_t rule_set_version,
             xsell_prompt_list* list) noexcept;

 private:
  struct Kept {
    uint64_t wording = 0;  // of the engine's prompt; 0: free
    xsell_prompt prompt{};
  };

  const xsell_prompt& written(const rules::Answer& answer, const rules::Prompt& prompt) noexcept;

  // Room for those of the answer before and for new ones.
  std::array<Kept, 2 * XSELL_MAX_PROMPTS> kept_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_PROMPT_WRITER_H_

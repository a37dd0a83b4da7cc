// What one event at the till came to: for the screen, the script's output and the web page.
#ifndef XSELL_SDK_EXAMPLES_LANE_STEP_H_
#define XSELL_SDK_EXAMPLES_LANE_STEP_H_

#include <xsell/xsell.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lane {

// A prompt on the till's screen. `number` is what the cashier types: it stays while the prompt
// does.
struct ShownPrompt {
  xsell_prompt prompt{};
  int number = 0;
  bool is_new = false;   // first shown by this answer
  bool is_told = false;  // the plugin was told that it is on the screen
  std::uint64_t shown_at_ns = 0;
};

struct BasketLine {
  std::uint64_t line = 0;
  std::string item, name, category;
  std::int64_t quantity_milli = 1000;
  std::optional<std::int64_t> unit_price_minor;
  std::uint64_t prompt = 0;  // the accepted prompt it came from
  bool is_voided = false, is_return = false;

  std::int64_t amount_minor() const {
    const std::int64_t amount = unit_price_minor.value_or(0) * quantity_milli;
    const std::int64_t rounded = (amount + (amount < 0 ? -500 : 500)) / 1000;
    return is_voided ? 0 : is_return ? -rounded : rounded;
  }
};

struct Step {
  std::string event;  // "line_added", ...
  xsell_status status = XSELL_OK;
  std::uint64_t transaction = 0;
  std::optional<BasketLine> line;
  std::string item;          // of an inquiry
  std::uint64_t prompt = 0;  // of a prompt_* event
  std::int64_t local_time_s = 0;
  std::int64_t latency_ns = 0;
  std::uint64_t rule_set_version = 0;
  std::uint32_t connection = 0;  // xsell_connection
  std::vector<ShownPrompt> prompts;
  std::vector<ShownPrompt> withdrawn;
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_STEP_H_

// One offer as the lane shows it, and the whole set of offers to show now.
// Threads: as LaneEngine. Owns: nothing; views and spans are valid until the engine's next event.
// Units: money in minor units, quantities in thousandths.
#ifndef XSELL_RULES_PROMPT_H_
#define XSELL_RULES_PROMPT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "rules/model.h"
#include "rules/outcome.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxAnswerPrompts = 3;

struct Prompt {
  std::uint64_t prompt_id = 0;  // never used twice by a lane
  std::string_view rule_id;     // "mined" for an offer from mined pairs
  std::uint64_t rule_set_version = 0;
  Relation relation = Relation::complement;
  PromptKind kind = PromptKind::offer;
  PromptMode mode = PromptMode::panel;
  std::uint8_t moment = kMomentLineAdded;
  bool is_required = false;
  bool is_mined = false;

  std::string_view item;  // normalised; empty for information
  std::string_view description;
  std::int64_t quantity_milli = 1000;
  std::int64_t price_minor = 0;
  bool has_price = false;
  std::string_view currency;

  std::string_view operator_text;
  std::string_view customer_text;
  std::string_view line_display;
  std::string_view reason;
  std::string_view location;
  std::string_view language;  // of the texts

  std::string_view promotion;  // empty: no benefit that the host confirmed
  std::int64_t saving_minor = 0;
  std::int64_t on_hand_milli = -1;  // -1: unknown
  std::int64_t score = 0;           // fixed point, 65536 = 1; comparable within a rule set
  std::int32_t timeout_seconds = 0;
  std::int32_t minimum_customer_age = 0;
  std::span<const std::uint64_t> trigger_lines;  // latest first
  ExperimentArm arm = ExperimentArm::kNone;
  std::string_view experiment;
  // Another number whenever anything above may be different; 0: it may at any time.
  std::uint64_t wording = 0;
};

enum class EventResult : std::uint8_t {
  kOk = 0,
  kStale = 1,  // older than an event already taken, or the same one again: nothing changed
  kOtherTransaction = 2,  // of a transaction that is not open: nothing changed
  kUnknownLine = 3,       // a change of a line that is not there: nothing changed
  kUnknownPrompt = 4,     // feedback on a prompt that is not open: nothing changed
  kBadItem = 5,           // no item id: nothing changed
  kBasketFull = 6,        // more lines than the engine keeps: the line is not considered
  kIgnored = 7,           // unknown kind, or no rules yet
};

struct Answer;

// Words the prompts of an answer when somebody reads them.
class AnswerWriter {
 public:
  virtual void write(const Answer& answer) noexcept = 0;

 protected:
  ~AnswerWriter() = default;
};

// Which prompts there are is settled with the event; how they read is written at the first look.
struct Answer {
  EventResult result = EventResult::kOk;
  std::size_t count = 0;
  std::array<std::uint64_t, kMaxAnswerPrompts> prompt_ids{};

  std::span<const Prompt> view() const {
    if (writer != nullptr) std::exchange(writer, nullptr)->write(*this);
    return {prompts.data(), count};
  }

  // The writer's.
  mutable std::array<Prompt, kMaxAnswerPrompts> prompts;
  mutable AnswerWriter* writer = nullptr;  // null: the prompts are written
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMPT_H_

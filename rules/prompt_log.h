// The prompts of one transaction, open and ended: what pacing, acceptance and outcomes need to know
// of them. Threads: one at a time. Allocates nothing.
#ifndef XSELL_RULES_PROMPT_LOG_H_
#define XSELL_RULES_PROMPT_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rules/fixed_vector.h"
#include "rules/outcome.h"
#include "rules/prompt.h"
#include "rules/rule_index.h"

namespace xsell::rules {

inline constexpr std::size_t kMaxPromptRecords = 64;
inline constexpr std::size_t kMaxTriggerLines = 8;

enum class PromptState : std::uint8_t {
  open,
  accepted_touch,
  accepted_scan,
  declined,
  expired,
  withdrawn,
  pushed_out,  // by a better one in this event, at whose end it is withdrawn
};

struct PromptRecord {
  std::uint64_t prompt_id = 0;
  std::uint64_t rank_key = 0;
  std::uint64_t rule_hash = 0;       // for pacing
  std::uint64_t resulting_line = 0;  // of the host
  std::int64_t shown_at_ms = 0;
  std::int64_t ended_at_ms = 0;
  std::int64_t response_ms = 0;  // as the host measured it; 0: not told
  std::int64_t quantity_milli = 0;
  std::int64_t saving_minor = 0;
  std::uint32_t entry = kNoId;  // kNoId: mined
  std::uint32_t rule = kNoId;   // or kMinedRule
  std::uint32_t rank = 0;       // entries below this number outrank it
  std::uint32_t identity = kNoId;
  std::uint32_t item = kNoId;
  std::uint32_t product = kNoId;
  std::uint32_t group = kNoId;
  std::uint32_t ordinal = 0;
  std::int32_t timeout_seconds = 0;
  PromptState state = PromptState::open;
  DeclineReason decline_reason = DeclineReason::kNone;
  Relation relation = Relation::complement;
  std::uint8_t moment = kMomentLineAdded;
  std::uint8_t percent = 0;  // mined: how many of the trigger's buyers take it
  bool is_mined = false;
  bool is_once = true;
  bool is_benefit_confirmed = false;
  bool is_hidden = false;  // held out: made and paced as if it were shown
  FixedVector<std::uint64_t, kMaxTriggerLines>
      trigger_lines;  // latest first; mined: the strongest first
  FixedText<64> rule_id;
  FixedText<64> item_key;
  FixedText<64> trigger_key;

  bool is_open() const { return state == PromptState::open; }
  bool is_answered() const {
    return state == PromptState::accepted_touch || state == PromptState::accepted_scan ||
           state == PromptState::declined;
  }
};

class PromptLog {
 public:
  std::span<PromptRecord> all() { return records_.span(); }
  std::span<const PromptRecord> all() const { return records_.span(); }
  PromptRecord* find(std::uint64_t prompt_id);

  bool is_full() const { return records_.is_full(); }
  void push(const PromptRecord& record) { records_.push(record); }
  // The oldest that has ended; null while all are open.
  const PromptRecord* oldest_ended() const;
  void erase(const PromptRecord* record);

  std::size_t open_count() const;
  void clear();

  std::uint32_t prompt_count = 0;  // ever in this transaction, also of records gone since
  std::uint32_t mined_count = 0;
  std::int64_t last_prompt_ms = -1;  // -1: none yet

 private:
  FixedVector<PromptRecord, kMaxPromptRecords> records_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMPT_LOG_H_

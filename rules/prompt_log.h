// The prompts of one transaction, open and ended: what pacing, acceptance and outcomes need to know
// of them. Records stay where they are until they are erased. Threads: one at a time. Allocates
// nothing.
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

struct PromptFacts {
  std::uint64_t prompt_id = 0;
  std::uint64_t mined_key = 0;       // the rank key of a mined prompt; of others the entry knows
  std::uint64_t group_hash = 0;      // of the exclusive group, which outlives the rule set; 0: none
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
  std::uint32_t gate = 0;
  std::uint32_t trigger_item = kNoId;
  std::uint32_t ordinal = 0;
  std::uint32_t revision = 0;  // counts the changes of what it says
  std::int32_t timeout_seconds = 0;
  PromptState state = PromptState::open;  // changed by PromptLog::set_state() alone
  DeclineReason decline_reason = DeclineReason::kNone;
  Relation relation = Relation::complement;
  std::uint8_t moment = kMomentLineAdded;
  std::uint8_t percent = 0;  // mined: how many of the trigger's buyers take it
  bool is_mined = false;
  bool has_benefit = false;
  bool is_benefit_confirmed = false;
  bool is_quantity_per_trigger = false;
  bool is_steady = false;  // more in the basket can end it only by being what it offers
  bool is_hidden = false;  // held out: made and paced as if it were shown
  bool has_kept_names = false;
};

struct PromptRecord : PromptFacts {
  FixedVector<std::uint64_t, kMaxTriggerLines>
      trigger_lines;  // latest first; mined: the strongest first

  bool is_open() const { return state == PromptState::open; }
};

// Whom a prompt speaks of, for when its ids are those of another rule set.
struct PromptNames {
  FixedText<64> rule_id;
  FixedText<64> item;
  FixedText<64> trigger;
};

// What pacing asks of a prompt that was made, without the rest of it.
struct PacedPrompt {
  std::uint32_t rule;
  std::uint32_t product;
  std::uint32_t group;
  std::uint32_t ordinal;
  PromptState state;

  bool is_answered() const {
    return state == PromptState::accepted_touch || state == PromptState::accepted_scan ||
           state == PromptState::declined;
  }
};

class PromptLog {
 public:
  using Slot = std::uint8_t;

  std::size_t size() const { return order_.size(); }
  bool is_full() const { return order_.is_full(); }
  // In the order of their appearance.
  PromptRecord& at(std::size_t position) { return records_[order_[position]]; }
  const PromptRecord& at(std::size_t position) const { return records_[order_[position]]; }
  PromptRecord* find(std::uint64_t prompt_id);

  // Those that are open, and those pushed out within this event.
  std::size_t live_count() const { return live_.size(); }
  const PromptRecord& live(std::size_t i) const { return records_[live_[i]]; }
  // Calls visit(record) for each of them; it may change their states.
  template <typename Visit>
  void for_each_live(Visit visit) {
    const auto slots = live_;
    for (const Slot slot : slots) visit(records_[slot]);
  }

  // Room for an open record, which becomes the latest and must be filled in and renewed. Requires:
  // not full.
  PromptRecord& push();
  void set_state(PromptRecord& record, PromptState state);
  // The oldest that has ended. Requires: some have; at most kMaxLive are open.
  const PromptRecord& oldest_ended() const;
  void erase(const PromptRecord& record);
  // After the ids of a record were written.
  void renew(const PromptRecord& record);
  void clear();

  // Names that were kept, or are to be.
  const PromptNames& names(const PromptRecord& record) const { return names_[slot_of(record)]; }
  PromptNames& names(const PromptRecord& record) { return names_[slot_of(record)]; }

  // Calls visit(paced) for the prompts that may share the rule, the product or the group, until it
  // returns true. kNoId shares nothing.
  template <typename Visit>
  void any_related(std::uint32_t rule, std::uint32_t product, std::uint32_t group,
                   Visit visit) const {
    if ((seen_ & (bit_of(rule) | bit_of(product) | bit_of(group))) == 0) return;
    for (const Slot slot : order_) {
      if (visit(paced_[slot])) return;
    }
  }
  // Whether a prompt for this product was ever made: false is sure.
  bool may_have_product(std::uint32_t product) const { return (seen_ & bit_of(product)) != 0; }

  std::uint32_t prompt_count = 0;  // ever in this transaction, also of records gone since
  std::uint32_t mined_count = 0;
  std::int64_t last_prompt_ms = -1;  // -1: none yet

 private:
  static constexpr std::size_t kMaxLive = 4 * kMaxAnswerPrompts;

  static constexpr std::uint64_t bit_of(std::uint32_t id) {
    return id == kNoId ? 0 : std::uint64_t{1} << ((id * 0x9e3779b1u) >> 26);
  }
  static PacedPrompt paced(const PromptRecord& record) {
    return {record.rule, record.product, record.group, record.ordinal, record.state};
  }
  Slot slot_of(const PromptRecord& record) const {
    return static_cast<Slot>(&record - records_.data());
  }

  FixedVector<Slot, kMaxPromptRecords> order_;
  FixedVector<Slot, kMaxLive> live_;
  std::uint64_t used_ = 0;  // one bit a slot
  std::uint64_t seen_ = 0;  // bit_of the rules, products and groups there ever were
  std::array<PacedPrompt, kMaxPromptRecords> paced_;
  std::array<PromptRecord, kMaxPromptRecords> records_;
  std::array<PromptNames, kMaxPromptRecords> names_;  // of records with has_kept_names
};
static_assert(kMaxPromptRecords == 64);

}  // namespace xsell::rules

#endif  // XSELL_RULES_PROMPT_LOG_H_

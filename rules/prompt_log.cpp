#include "rules/prompt_log.h"

#include <algorithm>
#include <bit>

namespace xsell::rules {

PromptRecord* PromptLog::find(std::uint64_t prompt_id) {
  for (const Slot slot : order_) {
    if (records_[slot].prompt_id == prompt_id) return &records_[slot];
  }
  return nullptr;
}

PromptRecord& PromptLog::push() {
  const auto slot = static_cast<Slot>(std::countr_one(used_));
  used_ |= std::uint64_t{1} << slot;
  order_.push(slot);
  live_.push(slot);
  return records_[slot];
}

void PromptLog::renew(const PromptRecord& record) {
  paced_[slot_of(record)] = paced(record);
  seen_ |= bit_of(record.rule) | bit_of(record.product) | bit_of(record.group);
}

void PromptLog::set_state(PromptRecord& record, PromptState state) {
  const Slot slot = slot_of(record);
  record.state = state;
  paced_[slot].state = state;
  if (state == PromptState::open || state == PromptState::pushed_out) return;
  const auto at = std::find(live_.begin(), live_.end(), slot);
  if (at != live_.end()) live_.erase(static_cast<std::size_t>(at - live_.begin()));
}

const PromptRecord& PromptLog::oldest_ended() const {
  const auto oldest = std::find_if(order_.begin(), order_.end(),
                                   [&](Slot slot) { return !records_[slot].is_open(); });
  return records_[*oldest];
}

void PromptLog::erase(const PromptRecord& record) {
  const Slot slot = slot_of(record);
  const auto ordered = std::find(order_.begin(), order_.end(), slot);
  order_.erase(static_cast<std::size_t>(ordered - order_.begin()));
  const auto live = std::find(live_.begin(), live_.end(), slot);
  if (live != live_.end()) live_.erase(static_cast<std::size_t>(live - live_.begin()));
  used_ &= ~(std::uint64_t{1} << slot);
}

void PromptLog::clear() {
  order_.clear();
  live_.clear();
  used_ = 0;
  seen_ = 0;
  prompt_count = 0;
  mined_count = 0;
  last_prompt_ms = -1;
}

}  // namespace xsell::rules

#include "rules/prompt_log.h"

namespace xsell::rules {

PromptRecord* PromptLog::find(std::uint64_t prompt_id) {
  for (PromptRecord& record : records_) {
    if (record.prompt_id == prompt_id) return &record;
  }
  return nullptr;
}

const PromptRecord* PromptLog::oldest_ended() const {
  for (const PromptRecord& record : records_) {
    if (!record.is_open()) return &record;
  }
  return nullptr;
}

void PromptLog::erase(const PromptRecord* record) {
  records_.erase(static_cast<std::size_t>(record - records_.span().data()));
}

std::size_t PromptLog::open_count() const {
  return static_cast<std::size_t>(
      std::count_if(records_.begin(), records_.end(),
                    [](const PromptRecord& record) { return record.is_open(); }));
}

void PromptLog::clear() {
  records_.clear();
  prompt_count = 0;
  mined_count = 0;
  last_prompt_ms = -1;
}

}  // namespace xsell::rules

#include "hq/explain/step_reader.h"

#include <algorithm>
#include <stdexcept>

#include "rules/local_time.h"

namespace xsell::hq {

std::string prompt_title(const std::string& rule, const std::string& item) {
  return item.empty() ? rule : rule + " > " + item;
}

void StepReader::keep_time(const Json& step) {
  std::int64_t passed_s = 1;
  if (step.contains("at")) {
    const auto at = rules::parse_local_time(step["at"].get<std::string>());
    if (!at) throw std::runtime_error("at: write a time such as \"2026-06-03T16:30:00\"");
    passed_s = std::max<std::int64_t>(1, *at - clock_s_);
    clock_s_ = *at;
  } else {
    if (step.contains("after_s")) passed_s = step["after_s"].get<std::int64_t>();
    clock_s_ += passed_s;
  }
  elapsed_s_ += passed_s;
}

EventWords StepReader::read(const Json& step) {
  EventWords words =
      read_event(step, next_line_, [this](const std::string& title) { return prompt_id(title); });
  rules::Event& event = words.event;
  if (event.kind == rules::EventKind::kTransactionBegin) {
    if (event.transaction == 0) event.transaction = ++last_transaction_;
    transaction_ = event.transaction;
    next_line_ = 1;
  } else if (event.transaction == 0) {
    event.transaction = transaction_;
  }
  event.sequence = step.value("sequence", sequence_ + 1);
  sequence_ = std::max(sequence_, event.sequence);
  event.local_time_s = clock_s_;
  event.monotonic_ns = static_cast<std::uint64_t>(elapsed_s_ + 1000) * 1'000'000'000u;
  return words;
}

std::uint64_t StepReader::prompt_id(const std::string& title) const {
  if (const auto known = prompt_ids_.find(title); known != prompt_ids_.end()) return known->second;
  for (const auto& [seen, id] : prompt_ids_) {
    if (seen.starts_with(title + " > ")) return id;
  }
  throw std::runtime_error("no prompt \"" + title + "\" was shown before");
}

}  // namespace xsell::hq

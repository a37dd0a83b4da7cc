#include "sale_stats.h"

#include <algorithm>

#include "item_list.h"

namespace lane {

void SaleStats::record(const Step& step) {
  event_ns_.push_back(step.latency_ns);
  if (step.status != XSELL_OK) ++refused_;
  if (step.event == "transaction_begin") ++transactions_;
  if (step.event == "prompt_accepted") ++accepted_;
  if (step.event == "prompt_declined") ++declined_;
  if (step.event == "line_added" && step.line) {
    scan_ns_.push_back(step.latency_ns);
    auto& awaited = awaited_[step.transaction];
    const auto found = awaited.find(item_key(step.line->item));
    if (found != awaited.end()) {
      prompts_followed_ += found->second;
      awaited.erase(found);
    }
  }
  bool has_new = false;
  for (const ShownPrompt& shown : step.prompts) {
    if (shown.prompt.moment == XSELL_MOMENT_INQUIRY) continue;
    if (!seen_[step.transaction].insert(shown.prompt.prompt).second) continue;
    has_new = true;
    ++prompts_;
    ++awaited_[step.transaction][item_key(shown.prompt.item)];
  }
  if (has_new && step.event == "line_added") ++scans_prompted_;
  // Leaving the screen because the item was scanned, or after an answer, is no withdrawal.
  if (step.event == "line_voided" || step.event == "quantity_changed") {
    withdrawn_ += step.withdrawn.size();
  }
  if (step.event == "transaction_finalised" || step.event == "transaction_voided") {
    awaited_.erase(step.transaction);
    seen_.erase(step.transaction);
  }
}

SaleStats::Latency SaleStats::latency(std::vector<std::int64_t> times) {
  Latency latency;
  latency.count = times.size();
  if (times.empty()) return latency;
  std::sort(times.begin(), times.end());
  latency.p50_ns = times[(times.size() + 1) / 2 - 1];
  latency.p99_ns = times[(times.size() * 99 + 99) / 100 - 1];
  latency.max_ns = times.back();
  return latency;
}

}  // namespace lane

// Why a candidate was silent, in a sentence that holds the values it was decided by.
#ifndef XSELL_HQ_EXPLAIN_REASON_WORDS_H_
#define XSELL_HQ_EXPLAIN_REASON_WORDS_H_

#include <string>
#include <string_view>

#include "rules/lane_trace.h"
#include "rules/model.h"

namespace xsell::hq {

// What a sentence is made of. rule null: a mined offer.
struct ReasonContext {
  const rules::TraceScene& scene;
  const rules::Rule* rule = nullptr;
  std::string_view language;
};

std::string describe_reason(const ReasonContext& context, const rules::Verdict& verdict);
// Why an item may not be offered; empty when the reason is no item's own.
std::string describe_item_reason(const ReasonContext& context, const rules::Verdict& verdict,
                                 std::uint32_t item, rules::DropReason reason);
// Why a rule or an offer was left out when the rule set was made ready for the lane.
std::string describe_drop(rules::DropReason reason);
std::string describe_silence(rules::LaneSilence silence);
// A prompt's end that nobody at the till chose.
std::string describe_end(rules::PromptState state, rules::DropReason reason);

// "04001234500012 (Sauce)"
std::string label_of_item(const rules::RuleIndex& index, std::uint32_t item,
                          std::string_view language);
std::string_view name_of(rules::PromptState state);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_REASON_WORDS_H_

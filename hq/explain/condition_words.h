// A rule's condition in words, part by part, with what the basket has and whether the lane's own
// evaluation holds the part to be true.
#ifndef XSELL_HQ_EXPLAIN_CONDITION_WORDS_H_
#define XSELL_HQ_EXPLAIN_CONDITION_WORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/condition.h"
#include "rules/offer_check.h"

namespace xsell::hq {

struct ConditionPart {
  int depth = 0;
  std::string text;   // "the basket has sauce: 1 or more"
  std::string found;  // "0"; empty for all, any and not
  bool holds = false;
};

// Requires: `condition` is that of the rule with this index in the compiled rule set, which was
// compiled without a refusal. Parts are in reading order.
std::vector<ConditionPart> describe_condition(const rules::Condition& condition,
                                              const rules::Situation& now, std::uint32_t rule);

// The parts that keep the condition from holding, in one sentence.
std::string describe_failure(const std::vector<ConditionPart>& parts);

std::string describe(const rules::ItemSelector& selector);
std::string describe_quantity(std::int64_t quantity_milli);
std::string describe_money(std::int64_t amount_minor, std::string_view currency);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_CONDITION_WORDS_H_

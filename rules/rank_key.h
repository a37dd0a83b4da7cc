// Rank as a number, the same scale for authored rules and mined offers. Higher wins.
#ifndef XSELL_RULES_RANK_KEY_H_
#define XSELL_RULES_RANK_KEY_H_

#include <cstdint>

#include "rules/rule_index.h"

namespace xsell::rules {

// What must be asked, then pins, then priority, then score.
std::uint64_t rank_key(bool is_required, bool is_pinned, std::int32_t priority,
                       std::uint32_t score);

// Scores are -ln(1 - probability) with 24 binary places: mined evidence adds up on that scale.
std::uint32_t score_of_probability(std::int64_t millionths);
std::uint32_t score_of_evidence(std::int64_t evidence);  // 16 binary places, as mined weights

std::uint64_t rank_key_of(const RuleIndex& index, std::uint32_t entry);
std::uint64_t mined_rank_key(const RuleIndex& index, std::int64_t evidence);
// The first entry that a mined offer with this key outranks.
std::uint32_t rank_of_key(const RuleIndex& index, std::uint64_t key);

}  // namespace xsell::rules

#endif  // XSELL_RULES_RANK_KEY_H_

#ifndef XSELL_TESTS_RULES_TWIN_LANES_H_
#define XSELL_TESTS_RULES_TWIN_LANES_H_

#include <cstdint>

#include "rules/compiled_rules.h"

namespace xsell::rules {

// Two lanes with these rules get the same random events: they must answer word for word alike, and
// count the same reasons for silence. A fatal failure if not.
void expect_same_prompts(CompiledRuleSet& first, CompiledRuleSet& second, std::uint64_t seed);

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_TWIN_LANES_H_

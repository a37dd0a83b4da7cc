// Whether prompts are surely accepted more rarely than wished.
#ifndef XSELL_RULES_ACCEPTANCE_H_
#define XSELL_RULES_ACCEPTANCE_H_

#include <cstdint>

#include "rules/policy.h"

namespace xsell::rules {

// The upper bound of the acceptance rate, at the policy's confidence, is below its threshold: were
// the rate as high as that, so few yeses among so many would be too unlikely (the exact one-sided
// binomial bound of Clopper and Pearson). 299 shown and none accepted, for 1% at 95%.
bool is_acceptance_too_low(std::uint32_t shown, std::uint32_t accepted,
                           const AutoMutePolicy& policy);

}  // namespace xsell::rules

#endif  // XSELL_RULES_ACCEPTANCE_H_

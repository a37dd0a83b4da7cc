#ifndef XSELL_RULES_SWITCHED_ON_H_
#define XSELL_RULES_SWITCHED_ON_H_

#include "rules/model.h"

namespace xsell::rules {

// Whether a rule may speak at all: policy.mined switches off all that was mined, pairs and rules.
template <class AnyRule>
bool is_switched_on(const AnyRule& rule, const Policy& policy) {
  return rule.is_enabled && (rule.source != RuleSource::mined || policy.mined.is_enabled);
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_SWITCHED_ON_H_

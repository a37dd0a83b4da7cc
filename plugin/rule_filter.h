#ifndef XSELL_PLUGIN_RULE_FILTER_H_
#define XSELL_PLUGIN_RULE_FILTER_H_

#include "rules/model.h"
#include "sync/control.h"

namespace xsell::plugin {

// Takes out of a release what this lane must not show now: what HQ's kill switch names, and, when
// nothing was signed for longer than the release's own staleness policy allows, all but what that
// policy keeps.
void leave_out(rules::RuleSet& rule_set, const sync::Control& control, bool is_past_staleness);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RULE_FILTER_H_

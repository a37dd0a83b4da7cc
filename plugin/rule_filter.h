#ifndef XSELL_PLUGIN_RULE_FILTER_H_
#define XSELL_PLUGIN_RULE_FILTER_H_

#include "rules/model.h"
#include "sync/control.h"

namespace xsell::plugin {

// What of a release this lane may show now: nothing that HQ's kill switch names, and, when nothing
// was signed for longer than the release's own staleness policy allows, only what that policy
// keeps. Requires: the control outlives it.
class RuleFilter {
 public:
  RuleFilter(const sync::Control& control, const rules::StalenessPolicy& staleness,
             bool is_past_staleness)
      : control_(control), keep_(is_past_staleness ? staleness.keep : rules::StalenessKeep::all) {}

  bool lets(const rules::Rule& rule) const;
  bool lets_mined() const;

 private:
  const sync::Control& control_;
  rules::StalenessKeep keep_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RULE_FILTER_H_

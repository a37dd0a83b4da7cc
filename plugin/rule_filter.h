#ifndef XSELL_PLUGIN_RULE_FILTER_H_
#define XSELL_PLUGIN_RULE_FILTER_H_

#include "rules/model.h"
#include "rules/release_compiler.h"
#include "sync/control.h"

namespace xsell::plugin {

// What of a release this lane may show now: nothing that HQ's kill switch names, and, when nothing
// was signed for longer than the release's own staleness policy allows, only what that policy
// keeps. Requires: the control outlives it.
class RuleFilter : public rules::ReleaseFilter {
 public:
  RuleFilter(const sync::Control& control, const rules::StalenessPolicy& staleness,
             bool is_past_staleness)
      : control_(control), keep_(is_past_staleness ? staleness.keep : rules::StalenessKeep::all) {}

  bool lets_rule(std::string_view rule_id, bool is_pinned) const override;
  bool lets_promotion(std::string_view promotion) const override;
  bool lets_mined() const override;

 private:
  const sync::Control& control_;
  rules::StalenessKeep keep_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RULE_FILTER_H_

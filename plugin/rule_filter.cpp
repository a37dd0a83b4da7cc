#include "plugin/rule_filter.h"

#include <algorithm>
#include <vector>

#include "rules/compiled_rules.h"

namespace xsell::plugin {
namespace {

bool is_killed(const rules::Rule& rule, const sync::Control& control) {
  return control.kills_rule(rule.rule_id) ||
         std::any_of(rule.offers.begin(), rule.offers.end(), [&](const rules::Offer& offer) {
           return offer.benefit && control.kills_campaign(offer.benefit->promotion);
         });
}

bool keeps(rules::StalenessKeep keep, const rules::Rule& rule) {
  return keep == rules::StalenessKeep::all ||
         (keep == rules::StalenessKeep::pinned && rule.is_pinned);
}

}  // namespace

void leave_out(rules::RuleSet& rule_set, const sync::Control& control, bool is_past_staleness) {
  const rules::StalenessKeep keep =
      is_past_staleness ? rule_set.policy.staleness.keep : rules::StalenessKeep::all;
  std::erase_if(rule_set.rules, [&](const rules::Rule& rule) {
    return is_killed(rule, control) || !keeps(keep, rule);
  });
  if (keep != rules::StalenessKeep::all || control.kills_rule(rules::kMinedRuleId)) {
    rule_set.pairs.clear();
  }
}

}  // namespace xsell::plugin

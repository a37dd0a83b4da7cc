#include "plugin/rule_filter.h"

#include <algorithm>

#include "rules/compiled_rules.h"

namespace xsell::plugin {
namespace {

bool is_killed(const rules::Rule& rule, const sync::Control& control) {
  return control.kills_rule(rule.rule_id) ||
         std::any_of(rule.offers.begin(), rule.offers.end(), [&](const rules::Offer& offer) {
           return offer.benefit && control.kills_campaign(offer.benefit->promotion);
         });
}

}  // namespace

bool RuleFilter::lets(const rules::Rule& rule) const {
  if (is_killed(rule, control_)) return false;
  return keep_ == rules::StalenessKeep::all ||
         (keep_ == rules::StalenessKeep::pinned && rule.is_pinned);
}

bool RuleFilter::lets_mined() const {
  return keep_ == rules::StalenessKeep::all && !control_.kills_rule(rules::kMinedRuleId);
}

}  // namespace xsell::plugin

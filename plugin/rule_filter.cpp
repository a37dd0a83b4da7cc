#include "plugin/rule_filter.h"

#include "rules/compiled_rules.h"

namespace xsell::plugin {

bool RuleFilter::lets_rule(std::string_view rule_id, bool is_pinned) const {
  if (control_.kills_rule(rule_id)) return false;
  return keep_ == rules::StalenessKeep::all || (keep_ == rules::StalenessKeep::pinned && is_pinned);
}

bool RuleFilter::lets_promotion(std::string_view promotion) const {
  return !control_.kills_campaign(promotion);
}

bool RuleFilter::lets_mined() const {
  return keep_ == rules::StalenessKeep::all && !control_.kills_rule(rules::kMinedRuleId);
}

}  // namespace xsell::plugin

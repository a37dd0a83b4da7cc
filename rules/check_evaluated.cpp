// What the document may say but lanes of this version do not act on, so that nobody waits for it in
// vain.
#include "rules/checks.h"
#include "rules/model_names.h"

namespace xsell::rules {
namespace {

bool is_evaluated(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::bought_within:
    case ConditionKind::due_for:
      return false;
    default:
      return true;
  }
}

void check_condition(CheckContext& context, const Rule& rule, const Condition& condition) {
  if (!is_evaluated(condition.kind)) {
    const std::string name(name_of(condition.kind));
    context.warning(condition.place, rule, "condition." + name,
                    "lanes do not evaluate " + name + " yet, so that they skip this rule",
                    "Do without it for now, or disable the rule.");
  }
  for (const Condition& child : condition.children) check_condition(context, rule, child);
}

}  // namespace

void check_evaluated(CheckContext& context, const Rule& rule) {
  check_condition(context, rule, rule.condition);
  if (!rule.after_sale.empty() || (rule.moments & kMomentAfterSale) != 0) {
    context.warning(rule.place, rule, "after_sale", "nothing happens after the sale yet",
                    "Do not count on it.");
  }
}

}  // namespace xsell::rules

#include <algorithm>
#include <cmath>

#include "rules/checks.h"
#include "rules/fixed_decimal.h"
#include "rules/local_time.h"
#include "rules/model_names.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

// The lower end of a 95% interval of the lift, from the Poisson error of the joint count.
double lift_lower_bound(const Evidence& evidence) {
  constexpr double kQuantile = 1.959964;
  const double lift =
      static_cast<double>(evidence.lift_millionths) / static_cast<double>(kMillionthsPerOne);
  return lift * std::exp(-kQuantile / std::sqrt(static_cast<double>(evidence.joint_count)));
}

void check_currency(CheckContext& context, const Rule& rule, const Condition& condition) {
  const Currency& usual = context.rule_set.policy.currency;
  if (condition.kind == ConditionKind::amount && !usual.is_empty() &&
      !condition.currency.is_empty() && !(condition.currency == usual)) {
    context.error(condition.place, rule, "condition.amount.currency",
                  "amounts are in " + std::string(usual.view()) + ", so that this never holds",
                  "Write the policy's currency, or leave it out.");
  }
  for (const Condition& child : condition.children) check_currency(context, rule, child);
}

template <typename Value>
void refuse_common(CheckContext& context, const Rule& rule, const std::vector<Value>& included,
                   const std::vector<Value>& excluded, const std::string& field) {
  if (included.empty()) return;
  const auto is_excluded = [&](const Value& value) {
    return std::find(excluded.begin(), excluded.end(), value) != excluded.end();
  };
  if (!std::all_of(included.begin(), included.end(), is_excluded)) return;
  context.error(rule.place, rule, "audience." + field,
                "all of it is excluded again, so that the rule never speaks",
                "Take something out of the exclusion.");
}

// In how many stores the rule may speak; 0: not known.
std::size_t store_count_of(const CheckContext& context, const Audience& audience) {
  if (!audience.business_unit_groups.empty()) return 0;
  const bool has_all = audience.business_units.empty();
  const std::size_t stores = has_all ? context.store_count : audience.business_units.size();
  return has_all ? stores - std::min(stores, audience.exclude_business_units.size()) : stores;
}

void check_budget(CheckContext& context, const Rule& rule, const Budget& budget) {
  if (budget.uses == 0) return;
  if (budget.per_store > budget.uses) {
    context.error(rule.place, rule, "pacing.budget.per_store",
                  "one store's allotment is larger than the whole budget",
                  "Lower per_store, or raise uses.");
    return;
  }
  const auto stores = static_cast<std::int64_t>(store_count_of(context, rule.audience));
  if (budget.per_store > 0 && stores > budget.uses / budget.per_store) {
    context.warning(rule.place, rule, "pacing.budget",
                    "the allotments of " + std::to_string(stores) + " stores, " +
                        std::to_string(budget.per_store) + " each, are more than the " +
                        std::to_string(budget.uses) + " of the whole budget",
                    "Raise uses, or lower per_store.");
  }
}

}  // namespace

void check_dates_and_audience(CheckContext& context, const Rule& rule) {
  if (rule.effective_s && rule.expires_s && *rule.effective_s > *rule.expires_s) {
    context.error(rule.place, rule, "expires",
                  "the rule expires on " + format_local_time(*rule.expires_s) +
                      ", before it takes effect on " + format_local_time(*rule.effective_s),
                  "Swap the dates.");
  }
  if (rule.evidence && rule.evidence->from_day && rule.evidence->until_day &&
      *rule.evidence->from_day > *rule.evidence->until_day) {
    context.error(rule.place, rule, "evidence.until", "it lies before evidence.from",
                  "Swap the dates.");
  }
  const Audience& audience = rule.audience;
  refuse_common(context, rule, audience.business_units, audience.exclude_business_units,
                "business_units");
  refuse_common(context, rule, audience.business_unit_groups, audience.exclude_business_unit_groups,
                "business_unit_groups");
  refuse_common(context, rule, audience.segments.any_of, audience.segments.none_of, "segments");
  check_currency(context, rule, rule.condition);
  if (rule.pacing.frequency_percent == 0) {
    context.warning(rule.place, rule, "pacing.frequency_percent",
                    "at 0 percent the rule never speaks", "Raise it, or write \"enabled\": false.");
  }
  if (rule.pacing.budget) check_budget(context, rule, *rule.pacing.budget);
}

void check_offers(CheckContext& context, const Rule& rule) {
  const bool is_information = rule.prompt.kind == PromptKind::information;
  if (is_information && !rule.offers.empty()) {
    context.error(rule.place, rule, "offers", "an information prompt offers no item",
                  "Remove the offers, or make it a prompt of kind offer.");
  }
  if (!is_information && (rule.offers.empty() || rule.offers.size() > 3)) {
    context.error(rule.place, rule, "offers",
                  std::to_string(rule.offers.size()) + " offers, but 1 to 3 are shown",
                  rule.offers.empty() ? "Add an offer." : "Keep the best three.");
  }
  const auto has_benefit = [](const Offer& offer) { return offer.benefit.has_value(); };
  const bool all_have_benefit =
      !rule.offers.empty() && std::all_of(rule.offers.begin(), rule.offers.end(), has_benefit);
  if (!is_information && rule.prompt.reason.is_empty() && !all_have_benefit) {
    context.error(rule.prompt.place, rule, "prompt.reason",
                  "nothing tells why: there is neither a reason nor a benefit",
                  "Write prompt.reason, or give each offer a benefit.");
  }
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    const Offer& offer = rule.offers[i];
    const std::string field = "offers[" + std::to_string(i) + "]";
    if (offer.target.is_empty()) {
      context.error(offer.place, rule, field, "it offers nothing",
                    "Name a set, items, categories, brands or tags.");
    }
    if (!offer.benefit || !offer.benefit->saving) continue;
    const Currency& usual = context.rule_set.policy.currency;
    if (offer.benefit->saving->amount_minor == 0) {
      context.error(offer.place, rule, field + ".benefit.saving", "a saving of nothing is none",
                    "Leave the saving out.");
    } else if (!usual.is_empty() && !(offer.benefit->saving->currency == usual)) {
      context.error(offer.place, rule, field + ".benefit.saving.currency",
                    "the tills of this rule set count in " + std::string(usual.view()),
                    "Write the policy's currency.");
    }
  }
}

void check_evidence(CheckContext& context, const Rule& rule) {
  if (rule.source != RuleSource::mined) return;
  if (!rule.evidence) {
    context.error(rule.place, rule, "evidence", "a mined rule needs its evidence",
                  "Add evidence, or the source authored.");
    return;
  }
  if (rule.evidence->joint_count < kMinJointCount) {
    context.error(rule.place, rule, "evidence.joint_count",
                  "only " + std::to_string(rule.evidence->joint_count) + " baskets speak for it",
                  "Mined rules need at least " + std::to_string(kMinJointCount) + ".");
  } else if (lift_lower_bound(*rule.evidence) <= 1.0) {
    context.error(rule.place, rule, "evidence.lift",
                  "the lift may well be chance: its 95% lower bound is not over 1",
                  "Wait for more baskets, or drop the rule.");
  }
}

void check_after_sale(CheckContext& context, const Rule& rule) {
  for (std::size_t i = 0; i < rule.after_sale.size(); ++i) {
    const AfterSale& after = rule.after_sale[i];
    const std::string field = "after_sale[" + std::to_string(i) + "]";
    for (TextFault& fault : faults_of(after.text, {kMaxReceiptText, {"offer", "trigger"}, false},
                                      context.rule_set.policy.fallback_language)) {
      context.error(rule.place, rule, field + ".text", std::move(fault.message),
                    std::move(fault.mend));
    }
    if (after.kind == AfterSaleKind::receipt_coupon && after.coupon.empty()) {
      context.error(rule.place, rule, field + ".coupon", "a receipt coupon needs its id",
                    "Write \"coupon\".");
    }
    const bool needs_text =
        after.kind == AfterSaleKind::receipt_text || after.kind == AfterSaleKind::operator_message;
    if (needs_text && after.text.is_empty()) {
      context.error(rule.place, rule, field + ".text",
                    std::string(name_of(after.kind)) + " needs words", "Write \"text\".");
    }
    if (after.kind != AfterSaleKind::follow_up) continue;
    if (after.channel.empty()) {
      context.error(rule.place, rule, field + ".channel", "a follow-up needs a channel",
                    "Write \"channel\": \"email\".");
    }
    if (!after.requires_consent) {
      context.error(rule.place, rule, field + ".requires_consent",
                    "nobody is written to without consent", "Write \"requires_consent\": true.");
    }
  }
}

}  // namespace xsell::rules

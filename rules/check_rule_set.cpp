#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/canonical_json.h"
#include "rules/checks.h"
#include "rules/document_writer.h"
#include "rules/release_lines.h"
#include "rules/switched_on.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

void check_repeated_pairs(CheckContext& context) {
  std::vector<const MinedPair*> sorted;
  sorted.reserve(context.rule_set.pairs.size());
  for (const MinedPair& pair : context.rule_set.pairs) sorted.push_back(&pair);
  const auto names = [](const MinedPair& pair) { return std::tie(pair.trigger, pair.offer); };
  std::sort(sorted.begin(), sorted.end(),
            [&](const MinedPair* a, const MinedPair* b) { return names(*a) < names(*b); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (names(*sorted[i - 1]) != names(*sorted[i])) continue;
    context.report(Severity::error, {}, "",
                   "pairs " + sorted[i]->trigger.text() + ">" + sorted[i]->offer.text(),
                   "the pair is there twice", "Publish one mined file at a time.");
  }
}

}  // namespace

void check_policy(CheckContext& context) {
  const Policy& policy = context.rule_set.policy;
  const auto error = [&](std::string field, std::string message, std::string mend) {
    context.report(Severity::error, policy.place, "", "policy." + field, std::move(message),
                   std::move(mend));
  };
  if (policy.experiment.hold_out_percent > 0 && policy.experiment.salt.empty()) {
    error("experiment.salt", "a hold-out needs a salt, or the same customers are always held out",
          "Write a random word that is new for each experiment.");
  }
  if (policy.max_prompts_per_transaction == 0 || policy.max_prompts_per_operator_hour == 0) {
    context.report(Severity::warning, policy.place, "", "policy",
                   "with a cap of 0 prompts no rule ever speaks",
                   "Raise max_prompts_per_transaction and max_prompts_per_operator_hour.");
  }
  const MinedPolicy& mined = policy.mined;
  const ReplenishmentPolicy& again = mined.replenishment;
  const auto check_texts = [&](const auto& words, const std::string& at,
                               std::vector<std::string_view> placeholders) {
    TextLimits limits{0, std::move(placeholders), false};
    const auto check = [&](const LocalisedText& text, const std::string& field, int limit,
                           bool is_display) {
      limits.max_code_points = limit;
      limits.is_line_display = is_display;
      for (TextFault& fault : faults_of(text, limits, policy.fallback_language)) {
        error(fault.language.empty() ? at + field : at + field + "." + fault.language,
              std::move(fault.message), std::move(fault.mend));
      }
    };
    check(words.operator_text, "operator_text", kMaxOperatorText, false);
    check(words.customer_text, "customer_text", kMaxCustomerText, false);
    check(words.reason, "reason", kMaxReasonText, false);
    check(words.line_display, "line_display", 0, true);
  };
  check_texts(mined, "mined.", {"offer", "trigger", "percent", "price"});
  check_texts(again, "mined.replenishment.", {"offer", "price"});
  if (context.rule_set.pairs.empty() || !mined.is_enabled) return;
  const auto require_words = [&](const auto& words, const std::string& at, const char* message,
                                 const char* mend) {
    if (words.operator_text.is_empty()) error(at + "operator_text", message, mend);
    if (words.reason.is_empty()) error(at + "reason", message, mend);
  };
  require_words(mined, "mined.", "mined prompts have no words",
                "Write them, for example with {offer} and {trigger}.");
  if (!again.is_enabled) return;
  require_words(again, "mined.replenishment.",
                "reminders of what a customer bought before have no words",
                "Write them, for example with {offer}.");
  if (!again.fit.is_fitted() || !mined.ranker.is_fitted()) {
    error("mined.replenishment", "it is enabled, but nothing was fitted to rank by",
          "Mine with --replenishment, or leave it out.");
  }
}

void check_pairs(CheckContext& context) {
  const auto& pairs = context.rule_set.pairs;
  check_repeated_pairs(context);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const MinedPair& pair = pairs[i];
    const auto error = [&](std::string message, std::string mend) {
      context.report(Severity::error, {}, "",
                     "pairs " + pair.trigger.text() + ">" + pair.offer.text(), std::move(message),
                     std::move(mend));
    };
    if (pair.trigger == pair.offer) error("the item is offered with itself", "Remove the pair.");
    if (pair.basket_count > 0 &&
        (pair.joint_count > std::min(pair.trigger_count, pair.offer_count) ||
         std::max(pair.trigger_count, pair.offer_count) > pair.basket_count)) {
      error("its counts contradict each other", "Mine again.");
    }
    if (context.catalogue == nullptr) continue;
    for (const ItemKey& key : {pair.trigger, pair.offer}) {
      if (context.catalogue->find_item(key) == nullptr) {
        error("there is no item \"" + key.text() + "\"", "Import the item, or mine again.");
      }
    }
  }
}

void check_rivals(CheckContext& context) {
  std::unordered_map<std::string, const Rule*> seen;
  for (const Rule& rule : context.rule_set.rules) {
    if (!is_switched_on(rule, context.rule_set.policy)) continue;
    Rule essence;
    essence.condition = rule.condition;
    essence.audience = rule.audience;
    essence.time_windows = rule.time_windows;
    essence.effective_s = rule.effective_s;
    essence.expires_s = rule.expires_s;
    essence.moments = rule.moments;
    for (const Offer& offer : rule.offers) essence.offers.emplace_back().target = offer.target;
    const auto [entry, is_new] = seen.try_emplace(to_canonical_json(write_rule(essence)), &rule);
    if (is_new) continue;
    context.warning(rule.place, rule, "condition",
                    "it always competes with the rule " + entry->second->rule_id +
                        ", which wants and offers the same",
                    "Remove one of them, or let their conditions differ.");
  }
}

void check_sizes(CheckContext& context) {
  const auto check = [&](const JsonValue& value, const Place& place, std::string_view rule_id,
                         std::string field) {
    const std::size_t size = to_canonical_json(value).size() + kMaxCodeBytes;
    if (size <= kMaxReleaseLineBytes) return;
    context.report(Severity::error, place, rule_id, std::move(field),
                   "it takes " + std::to_string(size) + " bytes of a release, more than the " +
                       std::to_string(kMaxReleaseLineBytes) + " of one line",
                   "Name categories, brands or tags instead of single items.");
  };
  for (const Rule& rule : context.rule_set.rules)
    check(write_rule(rule), rule.place, rule.rule_id, "");
  for (const ItemSet& set : context.rule_set.item_sets) {
    check(write_item_list(set.list), set.place, "", "item_sets." + set.name);
  }
  check(write_policy(context.rule_set.policy), context.rule_set.policy.place, "", "policy");
}

}  // namespace xsell::rules

#include <algorithm>
#include <array>

#include "rules/checks.h"

namespace xsell::rules {
namespace {

void collect_triggers(const Condition& condition, std::vector<const ItemSelector*>& out) {
  if (condition.kind == ConditionKind::negation) return;
  if (condition.kind == ConditionKind::basket_has && condition.min > 0)
    out.push_back(&condition.selector);
  for (const Condition& child : condition.children) collect_triggers(child, out);
}

// The relations for which the same-class guard and the overlap of trigger and target do not count.
bool may_be_alike(Relation relation) {
  constexpr std::array<Relation, 5> kAlike = {Relation::accessory, Relation::bundle_completion,
                                              Relation::replenishment, Relation::upsell,
                                              Relation::substitute};
  return std::find(kAlike.begin(), kAlike.end(), relation) != kAlike.end();
}

bool is_never_suggested(const CheckContext& context, const Item& item) {
  const Policy& policy = context.rule_set.policy;
  const auto& items = policy.never_suggest_items;
  if (std::find(items.begin(), items.end(), item.key) != items.end()) return true;
  return std::any_of(
      policy.never_suggest_categories.begin(), policy.never_suggest_categories.end(),
      [&](const std::string& code) { return context.catalogue->is_within(item.category, code); });
}

// Whether an "all" asks for what it denies at the same time.
bool contradicts_itself(const Condition& condition) {
  if (condition.kind != ConditionKind::all) return false;
  for (const Condition& denied : condition.children) {
    if (denied.kind != ConditionKind::negation || denied.children.empty()) continue;
    for (const Condition& wanted : condition.children) {
      if (wanted == denied.children.front()) return true;
    }
  }
  return false;
}

void check_contradictions(CheckContext& context, const Rule& rule, const Condition& condition) {
  if (contradicts_itself(condition)) {
    context.error(condition.place, rule, "condition.all",
                  "it asks for what it denies, so that the rule never speaks",
                  "Remove one of the two.");
  }
  for (const Condition& child : condition.children) check_contradictions(context, rule, child);
}

void check_target(CheckContext& context, const Rule& rule, const Offer& offer,
                  const std::string& field, const ItemIndices& triggers) {
  const ItemIndices& targets = context.selection->items_of(offer.target);
  const auto& items = context.catalogue->items;
  if (targets.empty()) {
    context.error(offer.place, rule, field,
                  "no item of the catalogue is meant, so that nothing is ever offered",
                  "Correct the selection.");
    return;
  }
  const auto all_targets = [&](auto is_dropped) {
    return std::all_of(targets.begin(), targets.end(),
                       [&](std::uint32_t index) { return is_dropped(items[index]); });
  };
  if (all_targets([&](const Item& item) { return is_never_suggested(context, item); })) {
    context.error(offer.place, rule, field, "the policy says never to suggest any of it",
                  "Offer something else, or change policy.never_suggest_categories.");
    return;
  }
  if (offer.require.in_assortment &&
      all_targets([](const Item& item) { return !item.is_in_assortment; })) {
    context.error(offer.place, rule, field, "nothing of it is in the assortment",
                  "Offer something else.");
    return;
  }
  if (triggers.empty() || may_be_alike(rule.relation)) return;
  if (targets == triggers) {
    context.error(
        offer.place, rule, field, "the rule offers exactly what triggers it",
        "Offer something that goes with it, or use the relation replenishment or upsell.");
    return;
  }
  const auto class_of = [&](std::uint32_t index) { return items[index].class_or_category(); };
  const std::string_view first = class_of(triggers.front());
  const auto has_that_class = [&](std::uint32_t index) { return class_of(index) == first; };
  if (!first.empty() && std::all_of(triggers.begin(), triggers.end(), has_that_class) &&
      std::all_of(targets.begin(), targets.end(), has_that_class)) {
    context.error(offer.place, rule, field,
                  "trigger and offer are all of the class \"" + std::string(first) +
                      "\", and a lane offers nothing of the same class",
                  "Give the items an item_class, or use a relation such as accessory.");
    return;
  }
  if (have_common(targets, triggers)) {
    context.warning(offer.place, rule, field, "some of what it offers triggers it too",
                    "Exclude the triggers from the offer, or write it as two rules.");
  }
}

}  // namespace

std::vector<const ItemSelector*> triggers_of(const Rule& rule) {
  std::vector<const ItemSelector*> out;
  collect_triggers(rule.condition, out);
  return out;
}

void check_can_fire(CheckContext& context, const Rule& rule) {
  check_contradictions(context, rule, rule.condition);
  const auto triggers = triggers_of(rule);
  if (rule.condition == Condition{}) {
    context.warning(rule.place, rule, "condition",
                    "without a condition the rule speaks to every basket",
                    "Add a condition such as basket_has.");
  }
  if (context.selection == nullptr) return;
  ItemIndices trigger_items;
  for (const ItemSelector* trigger : triggers) {
    const ItemIndices& items = context.selection->items_of(*trigger);
    // A set that is not there is told of by itself.
    const bool is_known =
        trigger->set.empty() || context.rule_set.find_set(trigger->set) != nullptr;
    if (items.empty() && is_known) {
      context.error(trigger->place, rule, "condition",
                    "no item of the catalogue is in this selection, so that it never holds",
                    "Correct the selection.");
    }
    trigger_items.insert(trigger_items.end(), items.begin(), items.end());
  }
  std::sort(trigger_items.begin(), trigger_items.end());
  trigger_items.erase(std::unique(trigger_items.begin(), trigger_items.end()), trigger_items.end());
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    if (rule.offers[i].target.is_empty()) continue;
    check_target(context, rule, rule.offers[i], "offers[" + std::to_string(i) + "]", trigger_items);
  }
}

namespace {

std::int32_t age_of(const Catalogue& catalogue, const Item& item) {
  std::int32_t age = item.minimum_age;
  std::string_view code = item.category;
  for (std::size_t steps = 0; steps <= catalogue.categories.size() && !code.empty(); ++steps) {
    const Category* category = catalogue.find_category(code);
    if (category == nullptr) break;
    age = std::max(age, category->minimum_age);
    code = category->parent;
  }
  return age;
}

}  // namespace

void check_ages(CheckContext& context, const Rule& rule) {
  if (context.selection == nullptr) return;
  const Catalogue& catalogue = *context.catalogue;
  // The least age that the purchase of a trigger has proved already.
  std::int32_t proved = 0;
  for (const ItemSelector* trigger : triggers_of(rule)) {
    std::int32_t least = 200;
    for (const std::uint32_t index : context.selection->items_of(*trigger)) {
      least = std::min(least, age_of(catalogue, catalogue.items[index]));
    }
    if (rule.condition.kind != ConditionKind::any) proved = std::max(proved, least);
  }
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    const Offer& offer = rule.offers[i];
    std::int32_t wanted = 0;
    for (const std::uint32_t index : context.selection->items_of(offer.target)) {
      wanted = std::max(wanted, age_of(catalogue, catalogue.items[index]));
    }
    if (wanted <= std::max(proved, offer.minimum_customer_age)) continue;
    context.error(offer.place, rule, "offers[" + std::to_string(i) + "].minimum_customer_age",
                  "it offers what is sold from " + std::to_string(wanted) +
                      " years on, to customers whose age nobody checked",
                  "Write \"minimum_customer_age\": " + std::to_string(wanted) + ".");
  }
}

}  // namespace xsell::rules

#include <set>

#include "rules/checks.h"
#include "rules/suggestion.h"

namespace xsell::rules {
namespace {

// One selection's place in the document.
struct Spot {
  const Place& place;
  std::string_view rule_id;
  std::string field;
};

class ReferenceCheck {
 public:
  explicit ReferenceCheck(CheckContext& context) : context_(context) {}

  void selector(const ItemSelector& selector, const Spot& spot) {
    if (selector.set.empty()) {
      list(selector.list, spot);
    } else if (context_.rule_set.find_set(selector.set) == nullptr) {
      std::vector<std::string_view> known;
      for (const ItemSet& set : context_.rule_set.item_sets) known.push_back(set.name);
      context_.report(Severity::error, spot.place, spot.rule_id, spot.field + ".set",
                      "no item set is named \"" + selector.set + "\"",
                      suggest(selector.set, known));
    }
  }

  void list(const ItemList& list, const Spot& spot) {
    items(list.items, spot, ".items");
    items(list.exclude_items, spot, ".exclude_items");
    categories(list.categories, spot, ".categories");
    categories(list.exclude_categories, spot, ".exclude_categories");
    if (context_.selection == nullptr) return;
    for (const auto* names : {&list.brands, &list.exclude_brands}) {
      for (const std::string& name : *names) {
        if (!context_.selection->has_brand(name)) none_carries(spot, ".brands", "brand", name);
      }
    }
    for (const auto* names : {&list.tags, &list.exclude_tags}) {
      for (const std::string& name : *names) {
        if (!context_.selection->has_tag(name)) none_carries(spot, ".tags", "tag", name);
      }
    }
  }

  void items(const std::vector<ItemKey>& keys, const Spot& spot, const std::string& field,
             Severity severity = Severity::error) {
    if (context_.catalogue == nullptr) return;
    for (const ItemKey& key : keys) {
      if (context_.catalogue->find_item(key) != nullptr) continue;
      context_.report(severity, spot.place, spot.rule_id, spot.field + field,
                      "there is no item \"" + key.text() + "\"",
                      "Import the item, or correct its id.");
    }
  }

  void categories(const std::vector<std::string>& codes, const Spot& spot, const std::string& field,
                  Severity severity = Severity::error) {
    if (context_.catalogue == nullptr) return;
    for (const std::string& code : codes) {
      if (context_.catalogue->find_category(code) != nullptr) continue;
      std::vector<std::string_view> known;
      for (const Category& category : context_.catalogue->categories)
        known.push_back(category.code);
      context_.report(severity, spot.place, spot.rule_id, spot.field + field,
                      "there is no category \"" + code + "\"", suggest(code, known));
    }
  }

  void condition(const Condition& condition, const Rule& rule, const std::string& field) {
    selector(condition.selector, {condition.place, rule.rule_id, field});
    for (std::size_t i = 0; i < condition.children.size(); ++i) {
      this->condition(condition.children[i], rule, field + "[" + std::to_string(i) + "]");
    }
  }

 private:
  void none_carries(const Spot& spot, const std::string& field, const std::string& what,
                    const std::string& name) {
    context_.report(Severity::warning, spot.place, spot.rule_id, spot.field + field,
                    "no item carries the " + what + " \"" + name + "\"",
                    "Correct it, or give it to an item.");
  }

  CheckContext& context_;
};

void collect_sets(const Condition& condition, std::set<std::string_view>& out) {
  out.insert(condition.selector.set);
  for (const Condition& child : condition.children) collect_sets(child, out);
}

}  // namespace

void check_names_of_items(CheckContext& context, const Rule& rule) {
  ReferenceCheck check(context);
  check.condition(rule.condition, rule, "condition");
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    check.selector(rule.offers[i].target,
                   {rule.offers[i].place, rule.rule_id, "offers[" + std::to_string(i) + "]"});
  }
}

void check_sets(CheckContext& context) {
  ReferenceCheck check(context);
  std::set<std::string_view> used;
  for (const Rule& rule : context.rule_set.rules) {
    collect_sets(rule.condition, used);
    for (const Offer& offer : rule.offers) used.insert(offer.target.set);
  }
  for (const ItemSet& set : context.rule_set.item_sets) {
    const std::string field = "item_sets." + set.name;
    check.list(set.list, {set.place, "", field});
    if (set.list.is_empty()) {
      context.report(Severity::error, set.place, "", field, "this set names no items",
                     "Name items, categories, brands or tags.");
    } else if (!used.contains(set.name)) {
      context.report(Severity::warning, set.place, "", field, "no rule uses this set",
                     "Use it, or remove it.");
    }
  }
  const Policy& policy = context.rule_set.policy;
  const Spot spot{policy.place, "", "policy"};
  check.items(policy.never_suggest_items, spot, ".never_suggest_items", Severity::warning);
  check.categories(policy.never_suggest_categories, spot, ".never_suggest_categories",
                   Severity::warning);
}

}  // namespace xsell::rules

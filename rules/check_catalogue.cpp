#include <map>
#include <string>

#include "rules/checks.h"

namespace xsell::rules {
namespace {

// The category that its own ancestors lead back to, or empty.
std::string_view loop_from(const Catalogue& catalogue, const Category& start) {
  std::string_view code = start.parent;
  for (std::size_t steps = 0; steps <= catalogue.categories.size() && !code.empty(); ++steps) {
    if (code == start.code) return start.code;
    const Category* category = catalogue.find_category(code);
    if (category == nullptr) break;
    code = category->parent;
  }
  return {};
}

}  // namespace

void check_catalogue(CheckContext& context) {
  if (context.catalogue == nullptr) return;
  const Catalogue& catalogue = *context.catalogue;
  const auto report = [&](Severity severity, std::string field, std::string message,
                          std::string mend) {
    Finding finding;
    finding.severity = severity;
    finding.field = std::move(field);
    finding.message = std::move(message);
    finding.mend = std::move(mend);
    context.findings.push_back(std::move(finding));
  };
  for (const Category& category : catalogue.categories) {
    if (!loop_from(catalogue, category).empty()) {
      report(Severity::error, "category " + category.code, "it lies below itself",
             "Correct its parent.");
    } else if (!category.parent.empty() && catalogue.find_category(category.parent) == nullptr) {
      report(Severity::warning, "category " + category.code,
             "its parent " + category.parent + " does not exist",
             "Import the parent, or leave it out.");
    }
  }
  // Counted by category, not listed by item: a whole department is usually missing at once.
  std::map<std::string_view, std::size_t> missing;
  for (const Item& item : catalogue.items) {
    if (!item.category.empty() && catalogue.find_category(item.category) == nullptr)
      ++missing[item.category];
  }
  for (const auto& [code, count] : missing) {
    report(Severity::warning, "category " + std::string(code),
           "it does not exist, but " + std::to_string(count) + " items are in it",
           "Import the category.");
  }
}

void check_offered_names(CheckContext& context, const Rule& rule) {
  if (context.selection == nullptr) return;
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    const Offer& offer = rule.offers[i];
    std::size_t count = 0;
    const Item* first = nullptr;
    for (const std::uint32_t index : context.selection->items_of(offer.target)) {
      const Item& item = context.catalogue->items[index];
      if (!item.name.is_empty()) continue;
      if (first == nullptr) first = &item;
      ++count;
    }
    if (first == nullptr) continue;
    const std::string others = count > 1 ? " and " + std::to_string(count - 1) + " more" : "";
    context.warning(
        offer.place, rule, "offers[" + std::to_string(i) + "]",
        "the item " + first->key.text() + others + " has no name that a cashier could say",
        "Import the name.");
  }
}

}  // namespace xsell::rules

#include "rules/validate.h"

#include <optional>
#include <utility>

#include "rules/checks.h"

namespace xsell::rules {

void CheckContext::report(Severity severity, const Place& place, std::string_view rule_id,
                          std::string field, std::string message, std::string mend) {
  Finding finding;
  finding.severity = severity;
  if (place.file < rule_set.files.size()) finding.file = rule_set.files[place.file];
  finding.line = place.line;
  finding.column = place.column;
  finding.rule_id = rule_id;
  finding.field = std::move(field);
  finding.message = std::move(message);
  finding.mend = std::move(mend);
  findings.push_back(std::move(finding));
}

std::vector<Finding> validate(const RuleSet& rule_set, const Catalogue* catalogue,
                              std::size_t store_count) {
  std::vector<Finding> findings;
  std::optional<ItemSelection> selection;
  if (catalogue != nullptr) selection.emplace(rule_set, *catalogue);
  CheckContext context{rule_set, catalogue, selection ? &*selection : nullptr, findings,
                       store_count};
  check_policy(context);
  check_sets(context);
  for (const Rule& rule : rule_set.rules) {
    check_names_of_items(context, rule);
    check_texts(context, rule);
    check_dates_and_audience(context, rule);
    check_offers(context, rule);
    check_evidence(context, rule);
    check_can_fire(context, rule);
    check_ages(context, rule);
    check_after_sale(context, rule);
    check_evaluated(context, rule);
    check_offered_names(context, rule);
  }
  check_catalogue(context);
  check_pairs(context);
  check_loops(context);
  check_rivals(context);
  check_sizes(context);
  put_in_order(findings);
  return findings;
}

}  // namespace xsell::rules

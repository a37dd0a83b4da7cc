// The checks of validate(), by subject. Inside the rules library only.
#ifndef XSELL_RULES_CHECKS_H_
#define XSELL_RULES_CHECKS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/finding.h"
#include "rules/item_selection.h"
#include "rules/model.h"

namespace xsell::rules {

// What every check needs: the rule set, the catalogue if there is one, and somewhere to report to.
struct CheckContext {
  const RuleSet& rule_set;
  const Catalogue* catalogue = nullptr;
  ItemSelection* selection = nullptr;  // null without a catalogue
  std::vector<Finding>& findings;
  std::size_t store_count = 0;  // of the retailer; 0: not known

  void report(Severity severity, const Place& place, std::string_view rule_id, std::string field,
              std::string message, std::string mend);
  void error(const Place& place, const Rule& rule, std::string field, std::string message,
             std::string mend) {
    report(Severity::error, place, rule.rule_id, std::move(field), std::move(message),
           std::move(mend));
  }
  void warning(const Place& place, const Rule& rule, std::string field, std::string message,
               std::string mend) {
    report(Severity::warning, place, rule.rule_id, std::move(field), std::move(message),
           std::move(mend));
  }
};

// The selections that an item must be in to start the rule: every basket_has that is not negated.
std::vector<const ItemSelector*> triggers_of(const Rule& rule);

void check_policy(CheckContext& context);
void check_sets(CheckContext& context);
void check_names_of_items(CheckContext& context,
                          const Rule& rule);  // sets, items, categories, brands and tags exist
void check_texts(CheckContext& context, const Rule& rule);
void check_dates_and_audience(CheckContext& context, const Rule& rule);
void check_offers(CheckContext& context, const Rule& rule);
void check_evidence(CheckContext& context, const Rule& rule);
void check_can_fire(CheckContext& context,
                    const Rule& rule);  // overlaps, same class, empty selections, contradictions
void check_ages(CheckContext& context, const Rule& rule);
void check_after_sale(CheckContext& context, const Rule& rule);
// What this version's lanes leave undone.
void check_evaluated(CheckContext& context, const Rule& rule);
void check_offered_names(CheckContext& context, const Rule& rule);
void check_catalogue(CheckContext& context);
void check_pairs(CheckContext& context);
void check_loops(CheckContext& context);
void check_rivals(CheckContext& context);
void check_sizes(CheckContext& context);

// A text shown to people: its length, fallback language and placeholders. `report` gets message and
// mend.
struct TextLimits {
  int max_code_points = 0;
  std::vector<std::string_view> placeholders;
  bool is_line_display = false;
};
struct TextFault {
  std::string language;
  std::string message;
  std::string mend;
};
std::vector<TextFault> faults_of(const LocalisedText& text, const TextLimits& limits,
                                 std::string_view fallback_language);

}  // namespace xsell::rules

#endif  // XSELL_RULES_CHECKS_H_

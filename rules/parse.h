// Authored files to the model, with findings that name file, line, rule and field. Unknown fields
// and duplicate keys are errors; an unknown condition is a warning, and its rule is kept so that an
// engine can skip and count it. Threads: any. Fails: by findings; what could be read is there even
// so, but use it only if !has_errors(findings).
#ifndef XSELL_RULES_PARSE_H_
#define XSELL_RULES_PARSE_H_

#include <string_view>
#include <vector>

#include "rules/catalogue.h"
#include "rules/finding.h"
#include "rules/model.h"

namespace xsell::rules {

struct ParsedRules {
  RuleSet rule_set;
  std::vector<Finding> findings;
  bool has_policy = false;  // the file says a policy; otherwise rule_set.policy is the default one
};

// A document {"schema": "xsell.rules/1", "policy", "item_sets", "rules", "pairs"}.
ParsedRules parse_rules(std::string_view text, std::string_view file_name);

// Moves the sets, rules, pairs and policy of `from` into `into`. A policy, set or rule that is in
// both is an error.
void merge_rules(ParsedRules& into, ParsedRules&& from);

struct ParsedItems {
  Catalogue catalogue;
  std::vector<Finding> findings;
};

// A document {"schema": "xsell.items/1", "categories": [...], "items": [...]}. The catalogue comes
// back in order.
ParsedItems parse_items(std::string_view text, std::string_view file_name);

}  // namespace xsell::rules

#endif  // XSELL_RULES_PARSE_H_

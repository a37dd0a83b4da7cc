// The checks before publishing that need the whole rule set. Errors stop a publish; warnings need a
// reason to override.
#ifndef XSELL_RULES_VALIDATE_H_
#define XSELL_RULES_VALIDATE_H_

#include <cstddef>
#include <vector>

#include "rules/catalogue.h"
#include "rules/finding.h"
#include "rules/model.h"

namespace xsell::rules {

// Text limits in code points, after the placeholders are left out; the longest text of all
// languages counts.
inline constexpr int kMaxOperatorText = 120;
inline constexpr int kMaxCustomerText = 60;
inline constexpr int kMaxReasonText = 120;
inline constexpr int kMaxLocationText = 60;
inline constexpr int kMaxReceiptText = 400;
inline constexpr int kLineDisplayRows = 2;
inline constexpr int kLineDisplayColumns = 20;
inline constexpr int kMaxRuleIdBytes = 63;
inline constexpr int kMaxCodeBytes = 63;  // sets, categories, brands, tags, segments, groups
inline constexpr int kMaxItemNameText = 80;
inline constexpr int kMinJointCount = 5;  // baskets behind a mined rule

// catalogue null: the checks that need items and categories are left out. Requires: the catalogue
// is in order. store_count: how many stores the retailer has; 0: not known.
std::vector<Finding> validate(const RuleSet& rule_set, const Catalogue* catalogue,
                              std::size_t store_count = 0);

}  // namespace xsell::rules

#endif  // XSELL_RULES_VALIDATE_H_

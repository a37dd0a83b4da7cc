// Where a rule set is compiled for: the store, the lane and how it speaks. Rules for other lanes
// are left out.
#ifndef XSELL_RULES_LANE_SCOPE_H_
#define XSELL_RULES_LANE_SCOPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/model.h"
#include "rules/money.h"

namespace xsell::rules {

struct LaneScope {
  std::string business_unit;
  std::vector<std::string> business_unit_groups;
  std::string workstation;
  WorkstationType workstation_type = WorkstationType::staffed;
  std::int32_t lanes_in_store = 1;  // that share the store's part of a budget; at least 1
  std::string language = "en";      // until an operator signs on with another
  Currency currency;                // empty: the rule set's
  std::uint64_t device_seed = 0;    // makes prompt ids differ between lanes
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_LANE_SCOPE_H_

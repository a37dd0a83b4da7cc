// A basket to explain, as its JSON file says it: the lane it is at, and its events one after the
// other, or no more than a list of items. Docs: docs/explain.md.
#ifndef XSELL_HQ_EXPLAIN_BASKET_SCRIPT_H_
#define XSELL_HQ_EXPLAIN_BASKET_SCRIPT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hq/explain/event_words.h"
#include "rules/lane_scope.h"

namespace xsell::hq {

struct BasketScript {
  rules::LaneScope scope;
  std::int64_t begins_at_s = 0;  // store-local
  std::vector<Json> steps;       // each an object with one event, a kill or a kill_rule
};

// now_s: store-local, for a file that says no time. Fails: Refused, with the file, the step and the
// mend.
BasketScript read_basket_script(std::string_view text, const std::string& name, std::int64_t now_s);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EXPLAIN_BASKET_SCRIPT_H_

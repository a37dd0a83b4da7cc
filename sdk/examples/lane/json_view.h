// The till's state as JSON, for the script's output and for the web page.
#ifndef XSELL_SDK_EXAMPLES_LANE_JSON_VIEW_H_
#define XSELL_SDK_EXAMPLES_LANE_JSON_VIEW_H_

#include <nlohmann/json.hpp>

#include "till.h"

namespace lane {

using Json = nlohmann::ordered_json;

Json to_json(const Step& step);
Json prompts_json(const std::vector<ShownPrompt>& prompts);
Json lines_json(const Till& till);
Json health_json(const xsell_health& health);
Json stats_json(const SaleStats& stats);

// All that the page shows.
Json page_json(const Till& till);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_JSON_VIEW_H_

#ifndef XSELL_HQ_EVALUATE_CHART_H_
#define XSELL_HQ_EVALUATE_CHART_H_

#include <string>
#include <vector>

#include "hq/evaluate/evaluation.h"

namespace xsell::hq {

// Precision of the first offer against the share of scans prompted, one line a method, as an SVG
// image that needs nothing from outside.
std::string precision_chart(const std::vector<MethodReport>& methods, const std::string& title);

}  // namespace xsell::hq

#endif  // XSELL_HQ_EVALUATE_CHART_H_

// Draws latency over the number of rules as an SVG picture, both axes in powers of ten.
#ifndef XSELL_TESTS_TOOLS_BENCH_CHART_H_
#define XSELL_TESTS_TOOLS_BENCH_CHART_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xsell::bench {

// Of the workload flat, engines that were measured with more than one number of rules.
std::string draw_chart(const std::vector<nlohmann::json>& results);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_CHART_H_

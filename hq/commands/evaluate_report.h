// What `evaluate` shows of what it found.
#ifndef XSELL_HQ_COMMANDS_EVALUATE_REPORT_H_
#define XSELL_HQ_COMMANDS_EVALUATE_REPORT_H_

#include <cstddef>

#include "hq/evaluate/evaluation.h"
#include "hq/output.h"

namespace xsell::hq {

// What was asked of prompting, for the words beside its figures.
struct PromptsAsked {
  int surest_percent = 15;
  std::size_t max_a_basket = 2;
};

// Tables of all methods, of ours against the baselines, of how true their chances are, and the same
// for known customers. Returns it all as JSON: methods, differences, known_customers, measures.
Json show_evaluation(Output& output, const EvaluationReport& report, const PromptsAsked& asked);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_EVALUATE_REPORT_H_

#ifndef XSELL_HQ_FINDINGS_REPORT_H_
#define XSELL_HQ_FINDINGS_REPORT_H_

#include <cstddef>
#include <vector>

#include "hq/output.h"
#include "rules/finding.h"

namespace xsell::hq {

struct FindingsReport {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  Json findings;  // an array
};

// Prints what the checks found, for people; counts it, and gives it for programs.
FindingsReport show_findings(Output& output, const std::vector<rules::Finding>& findings);

}  // namespace xsell::hq

#endif  // XSELL_HQ_FINDINGS_REPORT_H_

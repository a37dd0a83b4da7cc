#include "hq/findings_report.h"

namespace xsell::hq {

FindingsReport show_findings(Output& output, const std::vector<rules::Finding>& findings) {
  FindingsReport report{.findings = Json::array()};
  for (const rules::Finding& finding : findings) {
    const bool is_error = finding.severity == rules::Severity::error;
    ++(is_error ? report.errors : report.warnings);
    output.text(rules::to_text(finding));
    report.findings.push_back({{"severity", is_error ? "error" : "warning"},
                               {"file", finding.file},
                               {"line", finding.line},
                               {"column", finding.column},
                               {"rule_id", finding.rule_id},
                               {"field", finding.field},
                               {"message", finding.message},
                               {"mend", finding.mend}});
  }
  return report;
}

}  // namespace xsell::hq

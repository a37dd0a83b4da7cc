#include "rules/finding.h"

#include <algorithm>
#include <tuple>

namespace xsell::rules {

bool has_errors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

std::string to_text(const Finding& finding) {
  std::string text = finding.file.empty() ? std::string() : finding.file + ":";
  if (finding.line > 0)
    text += std::to_string(finding.line) + ":" + std::to_string(finding.column) + ":";
  if (!text.empty()) text += ' ';
  text += finding.severity == Severity::error ? "error: " : "warning: ";
  if (!finding.rule_id.empty())
    text += "rule " + finding.rule_id + (finding.field.empty() ? ": " : ", ");
  if (!finding.field.empty()) text += finding.field + ": ";
  text += finding.message + ".";
  if (!finding.mend.empty()) text += " " + finding.mend;
  return text;
}

void put_in_order(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line, a.column, b.severity) <
           std::tie(b.file, b.line, b.column, a.severity);
  });
}

}  // namespace xsell::rules

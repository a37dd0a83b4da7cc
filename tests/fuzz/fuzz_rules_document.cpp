// Authored files, whatever they hold: a finding has a place; a document without errors can be
// released and read back.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "rules/parse.h"
#include "rules/release_lines.h"
#include "rules/validate.h"

namespace {

using namespace xsell::rules;

bool has_error(const std::vector<Finding>& findings) {
  return std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.severity == Severity::error; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto items = parse_items(text, "fuzz.json");
  const auto parsed = parse_rules(text, "fuzz.json");
  for (const Finding& finding : parsed.findings) {
    if (finding.line == 0 || finding.message.empty()) std::abort();
  }
  if (has_error(parsed.findings) || has_error(validate(parsed.rule_set, &items.catalogue)))
    return 0;
  RuleSetBuilder builder;
  for (const ReleaseLine& line : to_release_lines(parsed.rule_set, items.catalogue)) {
    if (builder.add(line.bytes) != LineResult::added) std::abort();
  }
  return 0;
}

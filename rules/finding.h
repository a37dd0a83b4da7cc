// One thing that a reader or a check has to say about an authored file: where, what is wrong, and
// how to mend it.
#ifndef XSELL_RULES_FINDING_H_
#define XSELL_RULES_FINDING_H_

#include <cstdint>
#include <string>
#include <vector>

namespace xsell::rules {

enum class Severity : std::uint8_t { warning, error };

struct Finding {
  Severity severity = Severity::error;
  std::string file;
  std::uint32_t line = 0;  // 0: the file as a whole
  std::uint32_t column = 0;
  std::string rule_id;  // empty outside a rule
  std::string field;    // path inside the document, such as offers[0].benefit.saving
  std::string message;
  std::string mend;
};

bool has_errors(const std::vector<Finding>& findings);

// "rules.json:12:5: error: rule pasta-sauce, offers[0].set: no item set is named "sauces". Did you
// mean "sauce"?"
std::string to_text(const Finding& finding);

// By file, line and column; errors before warnings at the same place.
void put_in_order(std::vector<Finding>& findings);

}  // namespace xsell::rules

#endif  // XSELL_RULES_FINDING_H_

// Where in the authored files a part of a rule set came from. Two rule sets that say the same are
// equal wherever they say it.
#ifndef XSELL_RULES_PLACE_H_
#define XSELL_RULES_PLACE_H_

#include <cstdint>

namespace xsell::rules {

struct Place {
  std::uint32_t file = 0;  // index into RuleSet::files
  std::uint32_t line = 0;  // 0: unknown, as for rules read from a release
  std::uint32_t column = 0;
  friend bool operator==(const Place&, const Place&) { return true; }
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_PLACE_H_

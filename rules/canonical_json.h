// The one way a release line is written: members sorted by the bytes of their keys, no white space,
// integers as they are. A decimal is written as a string, so that a canonical text holds integers
// only. Control characters are escaped, so that a text never holds a line break (unlike OLPC
// canonical JSON, which TUF metadata uses).
#ifndef XSELL_RULES_CANONICAL_JSON_H_
#define XSELL_RULES_CANONICAL_JSON_H_

#include <string>
#include <string_view>

#include "rules/strict_json.h"

namespace xsell::rules {

std::string to_canonical_json(const JsonValue& value);

// Appends the string with its quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace xsell::rules

#endif  // XSELL_RULES_CANONICAL_JSON_H_

#ifndef XSELL_SYNC_CANONICAL_JSON_H_
#define XSELL_SYNC_CANONICAL_JSON_H_

#include <string>

#include "rules/strict_json.h"

namespace xsell::sync {

// OLPC canonical JSON, the form that TUF signs: members sorted by the bytes of their names, no
// white space, in strings only the quote and the backslash escaped. (Release lines use the form of
// rules/canonical_json.h, which never holds a line break.)
// Fails: throws std::invalid_argument on a decimal, which this form does not have.
std::string to_olpc_canonical_json(const rules::JsonValue& value);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_CANONICAL_JSON_H_

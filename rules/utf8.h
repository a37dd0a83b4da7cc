// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef XSELL_RULES_UTF8_H_
#define XSELL_RULES_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace xsell::rules {

// Bytes of the well-formed sequence at the start of the text; 0 when there is none.
std::size_t utf8_sequence_size(std::string_view text);

// Well formed and without control characters (below U+0020, and U+007F).
bool is_printable_utf8(std::string_view text);

// Requires: well formed.
std::size_t count_code_points(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

}  // namespace xsell::rules

#endif  // XSELL_RULES_UTF8_H_

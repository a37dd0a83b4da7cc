#ifndef XSELL_SYNC_PERCENT_ENCODING_H_
#define XSELL_SYNC_PERCENT_ENCODING_H_

#include <string>
#include <string_view>

namespace xsell::sync {

// RFC 3986: every byte but letters, digits and "-._~" as %XX. One part of a path in an address or
// on a disk, whatever the text.
std::string percent_encoded(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_PERCENT_ENCODING_H_

#ifndef XSELL_SYNC_BASE64_H_
#define XSELL_SYNC_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace xsell::sync {

// RFC 4648: the standard alphabet with padding, and the URL alphabet without.
// Decoding is strict: padding as the alphabet has it, no blanks, unused bits zero.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_BASE64_H_

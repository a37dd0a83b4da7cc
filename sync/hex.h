#ifndef XSELL_SYNC_HEX_H_
#define XSELL_SYNC_HEX_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace xsell::sync {

// Lower case.
std::string to_hex(std::span<const uint8_t> bytes);
// Both cases; nothing on any other character or an odd count.
std::optional<std::string> from_hex(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_HEX_H_

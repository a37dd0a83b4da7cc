#ifndef XSELL_SYNC_SHA256_H_
#define XSELL_SYNC_SHA256_H_

#include <optional>
#include <string>
#include <string_view>

#include "sync/hasher.h"

namespace xsell::sync {

using Sha256Hasher = Hasher<32>;
using Sha256 = Sha256Hasher::Digest;

Sha256 sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

// 64 hexadecimal digits.
std::string to_hex(const Sha256& digest);
std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_SHA256_H_

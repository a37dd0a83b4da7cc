#include "sync/sha256.h"

#include <algorithm>

#include "sync/hex.h"

namespace xsell::sync {

Sha256 sha256(std::string_view bytes) {
  Sha256Hasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string to_hex(const Sha256& digest) { return to_hex(std::span<const uint8_t>(digest)); }

std::optional<Sha256> sha256_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  Sha256 digest;
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

}  // namespace xsell::sync

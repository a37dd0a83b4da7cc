#ifndef XSELL_OFFLINE_CACHE_CHECKSUM_H_
#define XSELL_OFFLINE_CACHE_CHECKSUM_H_

#include <cstdint>
#include <string_view>

namespace xsell::offline_cache {

// FNV-1a, 64 bits, as a SQLite integer. Finds bit rot inside a row, which SQLite's own check cannot
// see; it is no defence against anyone who writes the file on purpose: signatures are.
inline constexpr int64_t kNoBytesChecksum = static_cast<int64_t>(0xcbf29ce484222325u);

// so_far: of the bytes before these.
constexpr int64_t checksum_on(int64_t so_far, std::string_view bytes) {
  uint64_t hash = static_cast<uint64_t>(so_far);
  for (const char c : bytes) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 0x100000001b3u;
  }
  return static_cast<int64_t>(hash);
}

constexpr int64_t checksum(std::string_view bytes) { return checksum_on(kNoBytesChecksum, bytes); }

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_CHECKSUM_H_

#ifndef XSELL_OFFLINE_CACHE_BLOB_TEXT_H_
#define XSELL_OFFLINE_CACHE_BLOB_TEXT_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace xsell::offline_cache {

// Blobs of a database as text, and back; the bytes stay where they are.
inline std::string_view text_of(std::span<const std::byte> blob) {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}

inline std::span<const std::byte> blob_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_BLOB_TEXT_H_

#ifndef XSELL_OFFLINE_CACHE_IMAGE_FILE_H_
#define XSELL_OFFLINE_CACHE_IMAGE_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace xsell::offline_cache {

// A file that can be made anew at any time: a key, content, and a checksum of both. It is handed
// out only under the key that it was written with, undamaged, and when nobody but this process's
// own user can have written it. Threads: one at a time.

using ContentSink = std::function<void(std::string_view bytes)>;

// Temporary name, rename, no sync: the checksum finds out what a power cut has left of it. False
// when it cannot be written; then there is none.
bool write_image_file(const std::string& path, std::string_view key,
                      const std::function<void(const ContentSink&)>& write_content);

// Reads the next bytes of the content; false: they are not there.
using ContentSource = std::function<bool(void* to, size_t size)>;

// Calls `take` with the size of the content and what reads it, once the whole file is known to be
// as it was written. False: it is not, or there is none under this key, or `take` says false.
bool read_image_file(const std::string& path, std::string_view key,
                     const std::function<bool(uint64_t size, const ContentSource&)>& take);

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_IMAGE_FILE_H_

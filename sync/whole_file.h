#ifndef XSELL_SYNC_WHOLE_FILE_H_
#define XSELL_SYNC_WHOLE_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace xsell::sync {

// Replaces a file in one step: a temporary beside it, fsync, rename, fsync of the folder. A reader
// sees the old content or the new, also after a power cut. Fails: throws
// std::filesystem::filesystem_error.
void write_whole_file(const std::filesystem::path& file, std::string_view bytes,
                      std::filesystem::perms mode = std::filesystem::perms(0644));

std::string read_whole_file(const std::filesystem::path& file);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_WHOLE_FILE_H_

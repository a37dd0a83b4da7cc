#include "hq/hq_folder.h"

#include <fmt/format.h>

#include <system_error>

#include "hq/errors.h"

namespace xsell::hq {
namespace fs = std::filesystem;

bool HqFolder::is_initialised() const {
  std::error_code error;
  return fs::exists(database(), error);
}

void HqFolder::create() const {
  for (const fs::path& folder : {path_, keys(), tls(), tree(), tree() / "v1", tuf(), targets()}) {
    std::error_code error;
    const bool is_new = fs::create_directories(folder, error);
    if (!error && is_new) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) {
      throw Refused(fmt::format(
          "cannot create the folder {}: {}; choose one that you can write with --folder",
          folder.string(), error.message()));
    }
  }
}

}  // namespace xsell::hq

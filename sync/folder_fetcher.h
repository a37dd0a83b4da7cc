#ifndef XSELL_SYNC_FOLDER_FETCHER_H_
#define XSELL_SYNC_FOLDER_FETCHER_H_

#include <filesystem>

#include "sync/fetcher.h"

namespace xsell::sync {

// Reads published files from a folder laid out as HQ serves them (v1/tuf, v1/targets): a USB stick,
// an export.
class FolderFetcher : public Fetcher {
 public:
  explicit FolderFetcher(std::filesystem::path folder);
  Failure fetch(std::string_view path, uint64_t max_bytes, ByteSink& sink) override;

 private:
  std::filesystem::path folder_;
};

}  // namespace xsell::sync

#endif  // XSELL_SYNC_FOLDER_FETCHER_H_

#include "tests/tools/tuf/folder_metadata_store.h"

#include "sync/percent_encoding.h"
#include "sync/whole_file.h"

namespace xsell::tests {

FolderMetadataStore::FolderMetadataStore(std::filesystem::path folder)
    : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

std::optional<std::string> FolderMetadataStore::load(std::string_view role) {
  if (!std::filesystem::exists(file(role))) return std::nullopt;
  return sync::read_whole_file(file(role));
}

void FolderMetadataStore::save(std::string_view role, std::string_view bytes) {
  sync::write_whole_file(file(role), bytes);
}

void FolderMetadataStore::erase(std::string_view role) { std::filesystem::remove(file(role)); }

std::filesystem::path FolderMetadataStore::file(std::string_view role) const {
  return folder_ / (sync::percent_encoded(role) + ".json");
}

}  // namespace xsell::tests

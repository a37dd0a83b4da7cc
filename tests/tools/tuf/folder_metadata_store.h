#ifndef XSELL_TESTS_TOOLS_TUF_FOLDER_METADATA_STORE_H_
#define XSELL_TESTS_TOOLS_TUF_FOLDER_METADATA_STORE_H_

#include <filesystem>

#include "sync/metadata_store.h"

namespace xsell::tests {

// Trusted metadata as files ROLE.json in a folder, which is made if it is not there. A role's name
// is percent-encoded, so that none leaves the folder.
class FolderMetadataStore : public sync::tuf::MetadataStore {
 public:
  explicit FolderMetadataStore(std::filesystem::path folder);

  std::optional<std::string> load(std::string_view role) override;
  void save(std::string_view role, std::string_view bytes) override;
  void erase(std::string_view role) override;

 private:
  std::filesystem::path file(std::string_view role) const;
  const std::filesystem::path folder_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_TUF_FOLDER_METADATA_STORE_H_

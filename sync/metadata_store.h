#ifndef XSELL_SYNC_METADATA_STORE_H_
#define XSELL_SYNC_METADATA_STORE_H_

#include <optional>
#include <string>
#include <string_view>

namespace xsell::sync::tuf {

// Where a client keeps the metadata it trusts: the exact bytes, by role name ("root", "timestamp",
// "snapshot", "targets"). save() is durable when it returns. Fails: may throw any std::exception;
// the client reports kStorage.
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;
  virtual std::optional<std::string> load(std::string_view role) = 0;
  virtual void save(std::string_view role, std::string_view bytes) = 0;
  virtual void erase(std::string_view role) = 0;

  // Saves a root that revokes timestamp or snapshot keys, and forgets what those had signed. A
  // store with transactions does it in one; the default leaves, at worst, documents behind that
  // such a root no longer vouches for.
  virtual void save_rotated_root(std::string_view bytes) {
    save("root", bytes);
    erase("timestamp");
    erase("snapshot");
  }
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_METADATA_STORE_H_

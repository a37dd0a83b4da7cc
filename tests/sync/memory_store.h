#ifndef XSELL_TESTS_SYNC_MEMORY_STORE_H_
#define XSELL_TESTS_SYNC_MEMORY_STORE_H_

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sync/metadata_store.h"

namespace xsell::sync::tuf {

class MemoryStore : public MetadataStore {
 public:
  std::optional<std::string> load(std::string_view role) override {
    const auto found = documents.find(role);
    return found == documents.end() ? std::nullopt : std::optional(found->second);
  }
  void save(std::string_view role, std::string_view bytes) override {
    if (is_full) throw std::runtime_error("no space left");
    documents.insert_or_assign(std::string(role), std::string(bytes));
  }
  void erase(std::string_view role) override { documents.erase(std::string(role)); }

  std::map<std::string, std::string, std::less<>> documents;
  bool is_full = false;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_TESTS_SYNC_MEMORY_STORE_H_

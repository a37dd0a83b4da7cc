// HQ's database, hq.db: opened, brought to the current schema, and handed to the parts that keep
// things in it. Threads: one at a time; each thread or process opens its own. Fails: StorageError.
#ifndef XSELL_HQ_STORE_H_
#define XSELL_HQ_STORE_H_

#include <optional>
#include <string>

#include "offline_cache/database.h"

namespace xsell::hq {

class HqStore {
 public:
  explicit HqStore(const std::string& path);

  offline_cache::Database& database() { return database_; }
  offline_cache::Statement prepare(std::string_view sql) { return database_.prepare(sql); }

  // Small named values that belong to this HQ, such as its address.
  std::optional<std::string> setting(std::string_view name);
  void set_setting(std::string_view name, std::string_view value);

 private:
  offline_cache::Database database_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_STORE_H_

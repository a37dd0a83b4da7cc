#ifndef XSELL_HQ_RELEASE_LOG_H_
#define XSELL_HQ_RELEASE_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hq/store.h"

namespace xsell::hq {

struct ReleaseEntry {
  std::uint64_t version = 0;
  std::int64_t published_at_s = 0;
  std::string published_by;
  std::string state_hash;
  std::string bundle_sha256;
  std::uint32_t spread_s = 0;
  std::uint64_t line_count = 0;
  std::string note;                       // why warnings were overridden, or why it was rolled back
  std::optional<std::uint64_t> restores;  // the version whose content a rollback brought back
};

// Every release that this HQ published. Fails: StorageError.
class ReleaseLog {
 public:
  explicit ReleaseLog(HqStore& store) : store_(store) {}

  void add(const ReleaseEntry& entry);
  std::vector<ReleaseEntry> newest_first();
  std::optional<ReleaseEntry> find(std::uint64_t version);
  std::uint64_t highest_version();

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_RELEASE_LOG_H_

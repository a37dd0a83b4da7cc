// Which device a bearer token belongs to, kept in memory between requests for as long as nobody
// else has changed the database: what another process writes, a revocation above all, counts from
// the next request on.
// Threads: those of its HqStore. Fails: StorageError.
#ifndef XSELL_HQ_SERVER_DEVICE_CACHE_H_
#define XSELL_HQ_SERVER_DEVICE_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hq/fleet_store.h"
#include "hq/store.h"
#include "sync/sha256.h"

namespace xsell::hq {

class DeviceCache {
 public:
  explicit DeviceCache(HqStore& store);

  // Null: no such token. The device comes without its health report.
  std::shared_ptr<const Device> find_by_token(std::string_view token);

  // To be called for each device that the same HqStore changes; it does not see its own writes.
  void forget(const std::string& device);

  std::size_t size() const { return known_.size(); }
  std::uint64_t checks() const { return checks_; }  // how often the database itself was asked

 private:
  // Of the database and its write-ahead log: each commit leaves other ones.
  struct FileTimes {
    std::int64_t database_ns = -1;
    std::int64_t log_ns = -1;
    bool operator==(const FileTimes&) const = default;
  };
  FileTimes file_times() const;
  void drop_what_others_may_have_changed();
  void clear();

  const std::string path_;
  FleetStore fleet_;
  offline_cache::Statement data_version_;
  std::int64_t version_ = 0;
  std::uint64_t checks_ = 0;
  FileTimes checked_;  // when the database was asked last; unset if it had just been written
  std::map<sync::Sha256, std::shared_ptr<const Device>> known_;  // by the token's hash
  std::unordered_map<std::string, sync::Sha256> hashes_;         // by the device
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_DEVICE_CACHE_H_

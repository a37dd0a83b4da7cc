#include "hq/server/device_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace xsell::hq {
namespace {

constexpr std::size_t kMostKnown = 200'000;  // some hundred bytes each

// File times go in ticks of some milliseconds; what was written longer ago has another time than
// whatever is written from now on.
constexpr std::int64_t kSettled_ns = 100'000'000;

std::int64_t written_at_ns(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

DeviceCache::DeviceCache(HqStore& store)
    : path_(store.database().path()),
      fleet_(store),
      data_version_(store.prepare("PRAGMA data_version")) {}

DeviceCache::FileTimes DeviceCache::file_times() const {
  return {written_at_ns(path_), written_at_ns(path_ + "-wal")};
}

// SQLite's data_version is another one whenever another connection has committed in between. To ask
// for it takes a dozen system calls, so that the files' times are looked at first.
void DeviceCache::drop_what_others_may_have_changed() {
  const FileTimes times = file_times();
  if (times == checked_) return;
  const bool is_settled = std::max(times.database_ns, times.log_ns) < now_ns() - kSettled_ns;
  checked_ = is_settled ? times : FileTimes{};
  ++checks_;
  data_version_.step();
  const std::int64_t version = data_version_.column_int64(0);
  data_version_.reset();
  if (std::exchange(version_, version) != version) clear();
}

void DeviceCache::clear() {
  known_.clear();
  hashes_.clear();
}

std::shared_ptr<const Device> DeviceCache::find_by_token(std::string_view token) {
  drop_what_others_may_have_changed();
  const sync::Sha256 hash = sync::sha256(token);
  if (const auto known = known_.find(hash); known != known_.end()) return known->second;
  std::optional<Device> found = fleet_.find_by_token(token);
  if (!found) return nullptr;
  found->health = {};
  if (known_.size() >= kMostKnown) clear();
  hashes_[found->device] = hash;
  return known_[hash] = std::make_shared<const Device>(*std::move(found));
}

void DeviceCache::forget(const std::string& device) {
  const auto entry = hashes_.find(device);
  if (entry == hashes_.end()) return;
  known_.erase(entry->second);
  hashes_.erase(entry);
}

}  // namespace xsell::hq

#include "hq/server/device_cache.h"

#include <optional>
#include <utility>

namespace xsell::hq {
namespace {

constexpr std::size_t kMostKnown = 200'000;  // some hundred bytes each

}  // namespace

// SQLite's data_version is another one whenever another connection has committed in between.
DeviceCache::DeviceCache(HqStore& store)
    : fleet_(store), data_version_(store.prepare("PRAGMA data_version")) {}

void DeviceCache::drop_what_others_may_have_changed() {
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

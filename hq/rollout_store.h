#ifndef XSELL_HQ_ROLLOUT_STORE_H_
#define XSELL_HQ_ROLLOUT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/rollout_judge.h"
#include "hq/store.h"

namespace xsell::hq {

enum class RolloutState {
  kWaiting,  // published, no ring is open yet
  kRunning,
  kHeld,    // by a person
  kHalted,  // by itself: too many failures
  kDone,    // every store may take it
};

std::string_view name_of(RolloutState state);

struct StagedRelease {
  std::uint64_t version = 0;
  std::string salt;
  RolloutState state = RolloutState::kWaiting;
  std::uint32_t stores_bp = 0;
  std::vector<std::string> lab = {};
  std::int64_t ring_since_s = 0;
  RolloutLimits limits = {};
  std::string reason = {};  // why it is held or halted

  sync::RolloutEntry entry() const;
};

// How far staged releases have got. Fails: StorageError.
class RolloutStore {
 public:
  explicit RolloutStore(HqStore& store) : store_(store) {}

  void put(const StagedRelease& release);
  std::optional<StagedRelease> find(std::uint64_t version);
  std::vector<StagedRelease> newest_first();

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_ROLLOUT_STORE_H_

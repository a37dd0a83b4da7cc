#ifndef XSELL_HQ_ROLLOUT_DESK_H_
#define XSELL_HQ_ROLLOUT_DESK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hq/hq_folder.h"
#include "hq/rollout_store.h"
#include "hq/signing_keys.h"

namespace xsell::hq {

// The rings after the lab's, in hundredths of a percent of the stores.
inline constexpr std::uint32_t kRings_bp[] = {100, 1'000, 5'000, sync::kAllStores_bp};

// Lets a staged release reach the stores ring by ring, and stops it. Every change is signed with
// the key of the role `rollout` and is on the audit trail. Threads: one at a time; several
// processes may. Fails: Refused, StorageError, std::runtime_error; then nothing has changed.
class RolloutDesk {
 public:
  RolloutDesk(HqStore& store, HqFolder folder, Unlock unlock = {})
      : store_(store), folder_(std::move(folder)), unlock_(std::move(unlock)) {}

  // The newest release, which must be a staged one; Refused if it is not.
  StagedRelease current();

  // Opens the lab's ring.
  StagedRelease start(const std::vector<std::string>& lab, const RolloutLimits& limits,
                      const std::string& user, std::int64_t now_s);
  // Opens the next ring, or the share given, which must not be smaller than the present one.
  StagedRelease advance(std::optional<std::uint32_t> stores_bp, const std::string& user,
                        std::int64_t now_s);
  StagedRelease hold(const std::string& reason, const std::string& user, std::int64_t now_s);
  // Goes on in the ring where it was held or halted.
  StagedRelease resume(const std::string& user, std::int64_t now_s);

  // How the lanes fare that the release has reached so far.
  RolloutCount count(const StagedRelease& release, std::int64_t now_s);
  // Halts what is running when too many lanes failed; what it halted, if so. Cheap when nothing is
  // running.
  struct Halted {
    StagedRelease release;
    RolloutCount count;
  };
  std::optional<Halted> check(std::int64_t now_s);

 private:
  std::optional<StagedRelease> find_current();
  // Requires: the publish lock is held.
  StagedRelease change(StagedRelease release, const std::string& action, const std::string& user,
                       std::int64_t now_s);

  HqStore& store_;
  const HqFolder folder_;
  const Unlock unlock_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_ROLLOUT_DESK_H_

#ifndef XSELL_HQ_ROLLOUT_JUDGE_H_
#define XSELL_HQ_ROLLOUT_JUDGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hq/fleet_store.h"
#include "sync/rollout.h"

namespace xsell::hq {

// When a rollout stops by itself.
struct RolloutLimits {
  std::uint32_t min_reports = 3;        // fewer say nothing
  std::uint32_t max_failures_bp = 200;  // of the lanes that have reported or ought to have
};

// How a lane that may take a release fares with it.
enum class LaneVerdict {
  kNotAsked,  // not let yet, revoked, or it was away already when the ring was opened
  kWaiting,   // it has not had its time yet
  kGood,
  kFailed,  // it refused the release, went back from it, or is broken with it
  kSilent,  // it reported before the ring was opened, or just after, and then no more
};

struct RolloutCount {
  std::uint32_t waiting = 0, good = 0, failed = 0, silent = 0;
  std::vector<std::string> troubled;  // "store/lane: why", the first few

  std::uint32_t reports() const { return good + failed + silent; }
  std::uint32_t failures() const { return failed + silent; }
  // Silence counts as failure.
  bool must_halt(const RolloutLimits& limits) const {
    return reports() >= limits.min_reports && std::uint64_t{failures()} * sync::kAllStores_bp >
                                                  std::uint64_t{limits.max_failures_bp} * reports();
  }
};

// A ring's lanes are watched for silence so long; later, stores may simply have closed.
inline constexpr std::int64_t kSilenceWatch_s = 15 * 60;

LaneVerdict judge_lane(const Device& device, std::uint64_t version, std::int64_t ring_since_s,
                       std::int64_t now_s);

// Over all lanes that the entry and the salt let.
RolloutCount judge_rollout(const std::vector<Device>& devices, const sync::Rollout& rollout,
                           std::uint64_t version, const std::string& salt,
                           std::int64_t ring_since_s, std::int64_t now_s);

}  // namespace xsell::hq

#endif  // XSELL_HQ_ROLLOUT_JUDGE_H_

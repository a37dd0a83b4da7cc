// Lanes and the devices enrolled on them.
// Threads: those of its HqStore. Fails: StorageError; Refused where said.
#ifndef XSELL_HQ_FLEET_STORE_H_
#define XSELL_HQ_FLEET_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/store.h"

namespace xsell::hq {

// The setting that has a device quarantined as soon as its numbers conflict: "on" or "off".
inline constexpr std::string_view kQuarantineClones = "quarantine_clones";

struct Device {
  std::string device;
  std::string store;
  std::string lane;
  std::string public_key;  // Ed25519, 32 raw bytes
  std::int64_t enrolled_at_s = 0;
  std::optional<std::int64_t> revoked_at_s;
  std::optional<std::int64_t> quarantined_at_s;
  std::optional<std::int64_t> last_seen_at_s;
  std::optional<std::int64_t> reported_at_s;  // when `health` came
  std::optional<std::int64_t> rules_version;
  std::int64_t highest_version = 0;  // of a rule set that it ever reported
  std::string plugin_version;
  std::string health;  // the last report, JSON; empty before the first
};

struct NewDevice {
  std::string device;      // the id HQ chose
  std::string public_key;  // as above
  std::string token;       // the bearer token; only its hash is kept
};

class FleetStore {
 public:
  enum class Enrolment { kDone, kUnknownSecret, kUsed, kExpired, kKeyInUse };

  explicit FleetStore(HqStore& store) : store_(store) {}

  bool has_lane(std::string_view store, std::string_view lane);
  // Makes store and lane known if they are not.
  void add_lane(std::string_view store, std::string_view lane);

  // A one-time secret for this lane; only its hash is kept. Refused when the lane is not known.
  std::string add_enrolment(std::string_view store, std::string_view lane, std::string_view user,
                            std::int64_t now_s, std::int64_t expires_at_s);
  // The lane that an unused secret is for.
  struct Lane {
    std::string store;
    std::string lane;
  };
  std::optional<Lane> lane_of_secret(std::string_view secret);
  // Uses up the secret and registers the device, in one transaction.
  Enrolment enrol(std::string_view secret, const NewDevice& device, std::int64_t now_s);

  std::optional<Device> find_by_token(std::string_view token);
  std::optional<Device> find(std::string_view device);
  std::vector<Device> devices();  // by store, lane and time of enrolment

  // Revoked devices are refused by name from then on. False when there is no such device.
  bool revoke(std::string_view device, std::int64_t now_s);
  // Its outcomes are refused from then on, until it is enrolled anew or let go again.
  bool quarantine(std::string_view device, std::int64_t now_s);
  bool end_quarantine(std::string_view device);

  void saw(std::string_view device, std::int64_t now_s);
  void record_health(std::string_view device, std::optional<std::int64_t> rules_version,
                     std::string_view plugin_version, std::string_view health_json,
                     std::int64_t now_s);
  // The highest rule set that any lane ever reported; 0: none.
  std::uint64_t highest_version();

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_FLEET_STORE_H_

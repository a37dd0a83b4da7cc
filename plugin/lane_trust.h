#ifndef XSELL_PLUGIN_LANE_TRUST_H_
#define XSELL_PLUGIN_LANE_TRUST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offline_cache/trust_store.h"
#include "plugin/log_queue.h"
#include "plugin/trusted_clock.h"
#include "rules/policy.h"
#include "sync/control.h"
#include "sync/identity.h"
#include "sync/metadata_store.h"
#include "sync/rollout.h"
#include "sync/tuf_client.h"

namespace xsell::plugin {

// What the lane believes of its publisher, on disk: signed metadata, the time, the kill switch, how
// far releases are rolled out. Threads: one at a time. Fails: throws StorageError. Requires: the
// folder and the log outlive it.
class LaneTrust : public sync::tuf::MetadataStore {
 public:
  // The identity's root is pinned; that of another enrolment is forgotten, with all that it vouched
  // for.
  LaneTrust(const offline_cache::DataFolder& folder, const sync::Identity& identity, LogQueue& log);

  std::optional<std::string> load(std::string_view role) override;
  void save(std::string_view role, std::string_view bytes) override;
  void erase(std::string_view role) override;

  const std::string& root_json() const { return root_json_; }
  // Another publisher's numbers say nothing about this one's.
  bool is_new_publisher() const { return is_new_publisher_; }

  // Takes over what a refresh has found to be true, whether or not all of it went well.
  void learn(const sync::tuf::Client& client, const Moment& now);
  // Of the newest snapshot that was verified: it rises with every publication. 0: none yet.
  uint64_t head_serial() const { return head_serial_; }

  const TrustedClock& clock() const { return clock_; }
  // Nothing new can be trusted until HQ signs again.
  bool is_stale(const Moment& now) const;
  // It has been so for longer than the release's policy lets rules go on.
  bool is_past(const rules::StalenessPolicy& policy, const Moment& now) const;
  // How long ago the head was signed; 0 when there is none.
  int64_t head_age_s(const Moment& now) const;

  const sync::Control& control() const { return control_; }
  const sync::Rollout& rollout() const { return rollout_; }

  offline_cache::TrustStore& store() { return store_; }

 private:
  void forget_other_publisher();
  void learn_policies(const sync::tuf::Client& client);

  const std::string root_json_;
  offline_cache::TrustStore store_;
  // As in store_:
  TrustedClock clock_{0};
  int64_t head_expires_s_ = 0;  // 0: no release yet
  uint64_t head_serial_ = 0;
  sync::Control control_;
  sync::Rollout rollout_;
  bool is_new_publisher_ = false;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_LANE_TRUST_H_

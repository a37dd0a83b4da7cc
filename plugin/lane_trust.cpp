#include "plugin/lane_trust.h"

#include <algorithm>
#include <charconv>

#include "sync/tuf_policy.h"

namespace xsell::plugin {
namespace {

using offline_cache::TrustStore;
using sync::tuf::PolicyRole;

constexpr int64_t kDay_s = 86'400;
constexpr std::string_view kExpiresName = "state/timestamp_expires_s";
constexpr std::string_view kSerialName = "state/head_serial";
constexpr std::string_view kRolloutName = "state/rollout";
constexpr std::string_view kEnrolledRootName = "state/enrolled_root";

template <typename Number>
Number load_number(const TrustStore& store, std::string_view name) {
  Number number = 0;
  if (const auto stored = store.load(name)) {
    std::from_chars(stored->data(), stored->data() + stored->size(), number);
  }
  return number;
}

std::string document_name(std::string_view role) { return "tuf/" + std::string(role); }

}  // namespace

LaneTrust::LaneTrust(const offline_cache::DataFolder& folder, const sync::Identity& identity,
                     LogQueue& log)
    : root_json_(identity.root_json), store_(folder) {
  if (store_.opened() == TrustStore::Opened::kFromCopy) {
    log.warning(folder.file("trust.db") +
                " was damaged; its copy is used, the damaged file is kept");
  } else if (store_.opened() == TrustStore::Opened::kLost) {
    log.error(folder.file("trust.db") +
              " and its copy were damaged; starting again from the enrolled root");
  }
  if (store_.load(kEnrolledRootName) != root_json_) forget_other_publisher();
  clock_ = TrustedClock(store_.last_trusted_time_s());
  head_expires_s_ = load_number<int64_t>(store_, kExpiresName);
  head_serial_ = load_number<uint64_t>(store_, kSerialName);
  control_ = sync::parse_control(store_.kill_state().value_or("")).value_or(sync::Control{});
  rollout_ = sync::parse_rollout(store_.load(kRolloutName).value_or("")).value_or(sync::Rollout{});
}

void LaneTrust::forget_other_publisher() {
  is_new_publisher_ = store_.load(kEnrolledRootName).has_value();
  for (const char* role : {"root", "timestamp", "snapshot", "targets", "control", "rollout"}) {
    erase(role);
  }
  for (const std::string_view name : {kExpiresName, kSerialName, kRolloutName}) store_.erase(name);
  store_.clear_kill_state();
  store_.lift_pins();
  store_.save(kEnrolledRootName, root_json_);
}

std::optional<std::string> LaneTrust::load(std::string_view role) {
  return store_.load(document_name(role));
}

void LaneTrust::save(std::string_view role, std::string_view bytes) {
  store_.save(document_name(role), bytes);
}

void LaneTrust::erase(std::string_view role) { store_.erase(document_name(role)); }

void LaneTrust::learn(const sync::tuf::Client& client, const Moment& now) {
  learn_policies(client);
  if (client.timestamp() == nullptr) return;
  const int64_t signed_s = client.timestamp()->signed_at_s.value_or(0);
  clock_.learn(signed_s, now);
  store_.advance_trusted_time(signed_s);
  if (client.timestamp()->expires_s != head_expires_s_) {
    head_expires_s_ = client.timestamp()->expires_s;
    store_.save(kExpiresName, std::to_string(head_expires_s_));
  }
  if (client.snapshot() != nullptr && client.snapshot()->version != head_serial_) {
    head_serial_ = client.snapshot()->version;
    store_.save(kSerialName, std::to_string(head_serial_));
  }
}

// Kept apart from the signed documents, so that both outlive what happens to the role: its keys may
// be exchanged before it has signed anew.
void LaneTrust::learn_policies(const sync::tuf::Client& client) {
  if (const auto policy = trusted_policy(client, PolicyRole::kControl)) {
    const auto control = sync::parse_control(policy->json);
    if (control && policy->json != store_.kill_state()) {
      store_.set_kill_state(policy->json);
      control_ = *control;
    }
  }
  if (const auto policy = trusted_policy(client, PolicyRole::kRollout)) {
    const auto rollout = sync::parse_rollout(policy->json);
    if (rollout && policy->json != store_.load(kRolloutName)) {
      store_.save(kRolloutName, policy->json);
      rollout_ = *rollout;
    }
  }
}

bool LaneTrust::is_stale(const Moment& now) const {
  return head_expires_s_ != 0 && clock_.for_age(now) >= head_expires_s_;
}

bool LaneTrust::is_past(const rules::StalenessPolicy& policy, const Moment& now) const {
  return policy.stop_after_days > 0 && is_stale(now) &&
         clock_.for_age(now) >= head_expires_s_ + policy.stop_after_days * kDay_s;
}

int64_t LaneTrust::head_age_s(const Moment& now) const {
  if (clock_.last_signed_s() == 0) return 0;
  return std::max<int64_t>(0, clock_.for_age(now) - clock_.last_signed_s());
}

}  // namespace xsell::plugin

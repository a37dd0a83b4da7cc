#include "plugin/release_shelf.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <exception>

#include "plugin/release_apply.h"
#include "plugin/version.h"
#include "rules/release_lines.h"
#include "sync/metadata_store.h"
#include "sync/release.h"
#include "sync/state_hash.h"
#include "sync/tuf_client.h"

namespace xsell::plugin {
namespace {

using offline_cache::StorageError;

constexpr int64_t kClockSlack_s = 86'400;
constexpr int64_t kClockTooFarAhead_s = int64_t{3} * 365 * 86'400;
constexpr std::string_view kExpiresName = "state/timestamp_expires_s";
constexpr std::string_view kEnrolledRootName = "state/enrolled_root";

class Hasher : public offline_cache::StateHasher {
 public:
  void add(std::string_view id, std::string_view bytes) override { hasher_.add(id, bytes); }
  offline_cache::StateHash finish() override { return hasher_.finish(); }

 private:
  sync::StateHasher hasher_;
};

// The TUF client's documents in trust.db.
class TrustDocuments : public sync::tuf::MetadataStore {
 public:
  explicit TrustDocuments(offline_cache::TrustStore& trust) : trust_(trust) {}
  std::optional<std::string> load(std::string_view role) override {
    return trust_.load(name(role));
  }
  void save(std::string_view role, std::string_view bytes) override {
    trust_.save(name(role), bytes);
  }
  void erase(std::string_view role) override { trust_.erase(name(role)); }

 private:
  static std::string name(std::string_view role) { return "tuf/" + std::string(role); }
  offline_cache::TrustStore& trust_;
};

}  // namespace

ReleaseShelf::ReleaseShelf(const offline_cache::DataFolder& folder, const sync::Identity& identity,
                           LogQueue& log)
    : folder_(folder),
      root_json_(identity.root_json),
      log_(log),
      trust_(folder),
      files_(folder, [] { return std::make_unique<Hasher>(); }),
      guard_(trust_) {
  if (trust_.opened() == offline_cache::TrustStore::Opened::kFromCopy) {
    log_.warning(folder_.file("trust.db") +
                 " was damaged; its copy is used, the damaged file is kept");
  } else if (trust_.opened() == offline_cache::TrustStore::Opened::kLost) {
    log_.error(folder_.file("trust.db") +
               " and its copy were damaged; starting again from the enrolled root");
  }
  if (trust_.load(kEnrolledRootName) != root_json_) forget_other_publisher();
  pinned_ = trust_.pinned();
  const bool is_other_plugin = std::any_of(pinned_.begin(), pinned_.end(), [](const auto& pin) {
    return pin.plugin_version != kVersion;
  });
  if (is_other_plugin) {
    log_.info("this version of the plugin tries the rule sets that failed with another one again");
    lift_pins();
  }
  trusted_time_s_ = trust_.last_trusted_time_s();
  if (const std::optional<std::string> stored = trust_.load(kExpiresName)) {
    std::from_chars(stored->data(), stored->data() + stored->size(), timestamp_expires_s_);
  }
}

void ReleaseShelf::forget_other_publisher() {
  is_new_publisher_ = trust_.load(kEnrolledRootName).has_value();
  for (const char* role : {"root", "timestamp", "snapshot", "targets"}) {
    TrustDocuments(trust_).erase(role);
  }
  trust_.erase(kExpiresName);
  trust_.lift_pins();
  trust_.save(kEnrolledRootName, root_json_);
}

ReleaseShelf::~ReleaseShelf() = default;

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::load_newest(const rules::LaneScope& scope) {
  generation_ = 0;
  for (const uint64_t generation : files_.generations()) {
    const auto file = files_.header(generation);
    if (file && is_pinned(file->version)) continue;
    if (file && !guard_.begin(generation, file->version)) {
      pin(generation, file->version);
      continue;
    }
    try {
      rules::RuleSetBuilder model;
      std::string refused;
      const offline_cache::RulesFileHeader header =
          files_.read(generation, [&](std::string_view id, std::string_view bytes) {
            if (refused.empty() && model.add(bytes) == rules::LineResult::refused) {
              refused = std::string(id) + ": " + model.message();
            }
          });
      if (!refused.empty()) throw StorageError(StorageError::Kind::kCorrupt, refused);
      // Another publisher's numbers say nothing about this one's.
      version_ = is_new_publisher_ ? 0 : header.version;
      generation_ = generation;
      return rules::compile(model.take_rule_set(), model.take_catalogue(), scope, header.version);
    } catch (const StorageError& error) {
      log_.error(error.what());
      if (error.kind() != StorageError::Kind::kCorrupt) continue;
      files_.set_aside(generation);
    }
  }
  return nullptr;
}

bool ReleaseShelf::is_pinned(uint64_t version) const {
  return std::any_of(pinned_.begin(), pinned_.end(),
                     [&](const auto& pin) { return pin.version == version; });
}

void ReleaseShelf::pin(uint64_t generation, uint64_t version) {
  trust_.pin({.version = version,
              .reason = "the till ended three times before a sale went through with it",
              .plugin_version = kVersion,
              .since_s = static_cast<int64_t>(std::time(nullptr))});
  trust_.clear_starts(generation);
  pinned_ = trust_.pinned();
  log_.error(
      "rule set " + std::to_string(version) +
      " is set aside: the till ended three times before a sale went through with it. A newer "
      "release replaces it; to try it again: xsell unpin");
}

void ReleaseShelf::lift_pins() {
  trust_.lift_pins();
  pinned_.clear();
}

ReleaseShelf::Update ReleaseShelf::update(sync::Fetcher& fetcher, const rules::LaneScope& scope,
                                          int64_t system_time_s) {
  Update update;
  try {
    TrustDocuments documents(trust_);
    sync::tuf::Client client(documents, fetcher);
    if (!root_json_.empty()) {
      update.failure = client.pin_root(root_json_);
      if (update.failure.failed()) return update;
    }
    sync::tuf::RefreshReport report = client.refresh(trusted_now_s(system_time_s));
    for (const std::string& notice : report.notices) log_.warning(notice);
    if (client.timestamp()) {
      note_trust(client.timestamp()->signed_at_s.value_or(0), client.timestamp()->expires_s);
    }
    update.failure = report.failure;
    if (!update.failure.failed() && client.targets()) {
      const std::vector<sync::Release> published = sync::releases(*client.targets());
      const auto wanted =
          std::find_if(published.begin(), published.end(),
                       [&](const auto& release) { return !is_pinned(release.version); });
      if (wanted != published.end() && wanted->version > version_) {
        take(client, *wanted, scope, update);
      }
    }
    trust_.refresh_copy();
  } catch (const std::exception& error) {
    update.failure = {sync::Problem::kStorage, sync::NetError::kNone, error.what()};
  }
  return update;
}

void ReleaseShelf::take(sync::tuf::Client& client, const sync::Release& release,
                        const rules::LaneScope& scope, Update& update) {
  AppliedRelease applied =
      apply_release(client, release, files_, generation_, folder_.file("release.part"));
  for (const std::string& notice : applied.notices) log_.warning(notice);
  update.failure = applied.failure;
  if (update.failure.failed()) return;
  files_.keep_only({applied.header.generation, generation_});
  version_ = release.version;
  generation_ = applied.header.generation;
  guard_.hand_over(generation_, version_);
  update.rules = rules::compile(applied.model.take_rule_set(), applied.model.take_catalogue(),
                                scope, version_);
}

void ReleaseShelf::note_trust(int64_t signed_at_s, int64_t expires_s) {
  if (signed_at_s > trusted_time_s_) {
    trust_.advance_trusted_time(signed_at_s);
    trusted_time_s_ = signed_at_s;
  }
  if (expires_s != timestamp_expires_s_) {
    trust_.save(kExpiresName, std::to_string(expires_s));
    timestamp_expires_s_ = expires_s;
  }
}

bool ReleaseShelf::is_clock_suspect(int64_t system_time_s) const {
  return system_time_s < trusted_time_s_ - kClockSlack_s ||
         (trusted_time_s_ != 0 && system_time_s > trusted_time_s_ + kClockTooFarAhead_s);
}

int64_t ReleaseShelf::trusted_now_s(int64_t system_time_s) const {
  return is_clock_suspect(system_time_s) ? trusted_time_s_ : system_time_s;
}

bool ReleaseShelf::is_stale(int64_t system_time_s) const {
  return timestamp_expires_s_ != 0 && trusted_now_s(system_time_s) >= timestamp_expires_s_;
}

}  // namespace xsell::plugin

#include "plugin/release_shelf.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include "rules/release_lines.h"
#include "sync/bundle.h"
#include "sync/metadata_store.h"
#include "sync/release_fetch.h"
#include "sync/state_hash.h"
#include "sync/tuf_client.h"

namespace xsell::plugin {
namespace {

using offline_cache::StorageError;

constexpr int kMaxUnfinishedStarts = 3;
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

// Puts a bundle's lines onto the disk and into the model at once. Both count only when the whole
// bundle has proved right.
class ReleaseShelf::Receiver : public sync::BundleSink {
 public:
  explicit Receiver(offline_cache::RulesFiles& files) : file_(files) {}

  bool on_header(const sync::BundleHeader&) override { return true; }
  bool on_line(std::string_view id, std::string_view line) override {
    try {
      if (model_.add(line) == rules::LineResult::refused) {
        message_ = "line " + std::string(id) + ": " + model_.message();
        return false;
      }
      file_.add(id, line);
      return true;
    } catch (const std::exception& error) {
      message_ = error.what();
      is_storage_ = true;
      return false;
    }
  }

  offline_cache::RulesFileBuilder& file() { return file_; }
  rules::RuleSetBuilder& model() { return model_; }
  const std::string& message() const { return message_; }
  bool is_storage() const { return is_storage_; }

 private:
  offline_cache::RulesFileBuilder file_;
  rules::RuleSetBuilder model_;
  std::string message_;
  bool is_storage_ = false;
};

ReleaseShelf::ReleaseShelf(const offline_cache::DataFolder& folder, const sync::Identity& identity,
                           LogQueue& log)
    : folder_(folder),
      root_json_(identity.root_json),
      log_(log),
      trust_(folder),
      files_(folder, [] { return std::make_unique<Hasher>(); }) {
  if (trust_.opened() == offline_cache::TrustStore::Opened::kFromCopy) {
    log_.warning(folder_.file("trust.db") +
                 " was damaged; its copy is used, the damaged file is kept");
  } else if (trust_.opened() == offline_cache::TrustStore::Opened::kLost) {
    log_.error(folder_.file("trust.db") +
               " and its copy were damaged; starting again from the enrolled root");
  }
  if (trust_.load(kEnrolledRootName) != root_json_) {
    is_new_publisher_ = trust_.load(kEnrolledRootName).has_value();
    for (const char* role : {"root", "timestamp", "snapshot", "targets"}) {
      TrustDocuments(trust_).erase(role);
    }
    trust_.erase(kExpiresName);
    trust_.save(kEnrolledRootName, root_json_);
  }
  trusted_time_s_ = trust_.last_trusted_time_s();
  if (const std::optional<std::string> stored = trust_.load(kExpiresName)) {
    std::from_chars(stored->data(), stored->data() + stored->size(), timestamp_expires_s_);
  }
}

ReleaseShelf::~ReleaseShelf() = default;

std::unique_ptr<rules::CompiledRuleSet> ReleaseShelf::load_newest(const rules::LaneScope& scope) {
  for (const uint64_t generation : files_.generations()) {
    if (trust_.is_bad_generation(generation)) continue;
    if (trust_.count_start(generation) > kMaxUnfinishedStarts) {
      trust_.mark_bad_generation(generation,
                                 "the till stopped three times before its first answer");
      log_.error("rule set file " + std::to_string(generation) +
                 " never came to an answer in three starts; the one before it is used");
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
      unconfirmed_generation_ = generation;
      return rules::compile(model.take_rule_set(), model.take_catalogue(), scope, header.version);
    } catch (const StorageError& error) {
      log_.error(error.what());
      if (error.kind() != StorageError::Kind::kCorrupt) continue;
      files_.set_aside(generation);
    }
  }
  return nullptr;
}

void ReleaseShelf::confirm_start() {
  if (unconfirmed_generation_ == 0) return;
  trust_.clear_starts(unconfirmed_generation_);
  unconfirmed_generation_ = 0;
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
      const std::optional<sync::Release> release = sync::newest_release(*client.targets());
      if (release && release->version != version_) {
        Receiver receiver(files_);
        update.failure =
            sync::fetch_release(client, *release, folder_.file("release.part"), receiver);
        if (update.failure.problem == sync::Problem::kRefused) {
          update.failure.detail = receiver.message();
          if (receiver.is_storage()) update.failure.problem = sync::Problem::kStorage;
        }
        if (!update.failure.failed()) {
          receiver.file().publish(release->version, release->state_hash);
          version_ = release->version;
          files_.prune();
          update.rules = rules::compile(receiver.model().take_rule_set(),
                                        receiver.model().take_catalogue(), scope, version_);
        }
      }
    }
    trust_.refresh_copy();
  } catch (const std::exception& error) {
    update.failure = {sync::Problem::kStorage, sync::NetError::kNone, error.what()};
  }
  return update;
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

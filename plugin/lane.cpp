#include "plugin/lane.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "plugin/files.h"
#include "plugin/hq_link.h"
#include "plugin/local_rules.h"
#include "plugin/release_import.h"
#include "plugin/release_shelf.h"
#include "plugin/utc_clock.h"
#include "plugin/version.h"
#include "rules/strict_json.h"
#include "sync/outcome_batch.h"

namespace xsell::plugin {
namespace {

constexpr int64_t kWatchInterval_ms = 100;
constexpr int64_t kStatusInterval_ms = 2'000;

uint64_t random_number() {
  uint64_t number = 0;
  while (::getrandom(&number, sizeof number, 0) != sizeof number) {
  }
  return number >> 1;
}

std::optional<sync::Identity> read_identity(const offline_cache::DataFolder& folder) {
  const std::string path = folder.file(kIdentityFile);
  const auto text = offline_cache::read_file(path, kMaxIdentityBytes);
  if (!text) return std::nullopt;
  try {
    return sync::parse_identity(*text);
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what() +
                             "; enrol this lane again: xsell enroll TOKEN");
  }
}

rules::LaneScope scope_of(const Configuration& configuration,
                          const std::optional<sync::Identity>& identity, uint64_t epoch) {
  rules::LaneScope scope;
  scope.business_unit = configuration.store;
  scope.workstation = configuration.lane;
  if (identity && scope.business_unit.empty()) scope.business_unit = identity->store;
  if (identity && scope.workstation.empty()) scope.workstation = identity->lane;
  scope.business_unit_groups = configuration.store_groups;
  scope.workstation_type = configuration.workstation_type;
  scope.language = configuration.language;
  scope.lanes_in_store = configuration.lanes_in_store;
  scope.currency = configuration.currency;
  scope.device_seed = epoch;
  return scope;
}

std::string describe_pins(const ReleaseShelf& shelf) {
  std::string versions;
  for (const auto& pin : shelf.pinned()) {
    versions += (versions.empty() ? "" : ", ") + std::to_string(pin.version);
  }
  const std::string what = "rule set " + versions +
                           " is set aside, because the till ended three times before a sale went "
                           "through with it; ";
  return shelf.has_only_pinned()
             ? what +
                   "the lane shows no prompts until HQ publishes another. To try again: xsell unpin"
             : what + "rule set " + std::to_string(shelf.version()) +
                   " is used. To try again: xsell unpin";
}

// When HQ last answered, as the lane noted it before it was restarted; 0: never, as far as is
// known.
int64_t last_contact_before(const offline_cache::DataFolder& folder) {
  constexpr size_t kMostBytes = 1 << 20;
  try {
    const auto text = offline_cache::read_file(folder.file(kStatusFile), kMostBytes);
    const rules::JsonDocument status = rules::read_json(text.value_or(""));
    const rules::JsonValue* contact = status.value.find("last_contact_s");
    return contact != nullptr && contact->is_integer() ? contact->integer : 0;
  } catch (const offline_cache::StorageError&) {
    return 0;
  }
}

}  // namespace

Lane::Lane(const Configuration& configuration, const HostSettings& host, HealthBoard& board,
           LogQueue& log, boost::asio::io_context& io)
    : configuration_(configuration),
      host_(host),
      board_(board),
      log_(log),
      io_(io),
      folder_(configuration.data_folder),
      identity_stamp_(offline_cache::file_stamp(folder_.file(kIdentityFile))),
      identity_(configuration.is_local() ? std::nullopt : read_identity(folder_)),
      last_contact_before_s_(last_contact_before(folder_)),
      silence_(random_number) {
  if (!configuration_.is_local() && !identity_) {
    throw NotEnrolled(folder_.path() + ": this lane is not enrolled; run: xsell enroll TOKEN");
  }
  if (identity_ && !configuration_.hq.empty()) identity_->hq_url = configuration_.hq;
  store_ = std::make_unique<offline_cache::LaneStore>(
      folder_, offline_cache::LaneStore::Options{.new_epoch = random_number,
                                                 .digest = sync::outcome_digest});
  if (store_->set_aside_as()) {
    log_.error(folder_.file("lane.db") + " was damaged; it is kept as " + *store_->set_aside_as() +
               " and a new one begins");
  }
  if (!configuration_.time_zone.empty()) {
    time_zone_ = TimeZone::find(configuration_.time_zone);
    if (!time_zone_) {
      log_.warning("time_zone " + configuration_.time_zone +
                   " is not known here; install tzdata or correct the name. UTC is used");
    }
  }
  scope_ = scope_of(configuration_, identity_, store_->epoch());
  session_ = std::make_unique<Session>(scope_, board_.counters(), configuration_.scan_layouts);
  const auto stored = store_->pacing();
  if (stored && (stored->size() == sizeof(rules::PacingSnapshot) ||
                 stored->size() == rules::kPacingFormat1Bytes)) {
    const auto snapshot = std::make_unique<rules::PacingSnapshot>();
    std::memcpy(snapshot.get(), stored->data(), stored->size());
    session_->restore_pacing(*snapshot);
  }
  keeper_ = std::make_unique<OutcomeKeeper>(*session_, *store_);
  if (configuration_.is_local()) {
    local_ = std::make_unique<LocalRules>(configuration_.local_rules, configuration_.local_items);
  } else {
    shelf_ = std::make_unique<ReleaseShelf>(folder_, *identity_, log_);
  }
  update_utc_offset();
  watch_files();
}

Lane::~Lane() = default;

void Lane::load_rules() {
  if (local_) {
    load_local();
  } else if (auto rules = shelf_->load_newest(scope_, now_of(host_))) {
    offer(std::move(rules));
  }
}

void Lane::load_local() {
  LocalRules::Loaded loaded = local_->load(scope_);
  for (const std::string& warning : loaded.warnings) log_.warning(warning);
  for (const std::string& error : loaded.errors) log_.error(error);
  rules_trouble_ = loaded.errors.empty() ? std::string() : loaded.errors.front();
  if (loaded.rules) offer(std::move(loaded.rules));
}

void Lane::offer(std::unique_ptr<rules::CompiledRuleSet> rules) {
  report_ = rules->report();
  ready_version_ = rules->version();
  has_rules_ = true;
  session_->offer(std::move(rules));
  next_status_ms_ = 0;
}

void Lane::connect() {
  if (!identity_) return;
  HqLink::Callbacks callbacks;
  callbacks.on_rules = [this](auto rules) { offer(std::move(rules)); };
  callbacks.health_json = [this] { return status_json(); };
  callbacks.on_kill = [this] { session_->hush(); };
  callbacks.now = [this] { return now_of(host_); };
  try {
    hq_ = std::make_unique<HqLink>(io_, *identity_, scope_, configuration_.mirror, *shelf_, *store_,
                                   log_, std::move(callbacks));
    hq_->start();
  } catch (const std::exception& error) {
    rules_trouble_ = std::string(error.what()) + "; enrol this lane again: xsell enroll TOKEN";
    log_.error(rules_trouble_);
  }
}

void Lane::tick(int64_t now_ms) {
  keep_outcomes();
  silence_.watch(session_->in_use());
  session_->free_retired();
  if (shelf_) {
    shelf_->watch_use(session_->tried_version(), session_->proven_version(), now_ms);
    shelf_->save();
  }
  if (now_ms >= next_watch_ms_) {
    next_watch_ms_ = now_ms + kWatchInterval_ms;
    watch_files();
  }
  session_->set_disabled(is_off_ || lane_kill() != nullptr);
  if (now_ms >= next_status_ms_) {
    next_status_ms_ = now_ms + kStatusInterval_ms;
    update_utc_offset();
    if (shelf_) {
      if (auto rules = shelf_->refilter(scope_, now_of(host_))) offer(std::move(rules));
    }
    write_status();
  } else {
    board_.set(health());
  }
  if (hq_) send(now_ms);
}

void Lane::send(int64_t now_ms) {
  try {
    hq_->tick(now_ms);
    sending_trouble_.clear();
  } catch (const offline_cache::StorageError& error) {
    if (sending_trouble_ != error.what()) log_.error(error.what());
    sending_trouble_ = error.what();
  }
}

const sync::Kill* Lane::lane_kill() const {
  if (!shelf_) return nullptr;
  return shelf_->trust().control().find_lane_kill(kVersion, scope_.business_unit_groups);
}

void Lane::keep_outcomes() {
  try {
    if (keeper_->keep()) outbox_ = store_->counters();
    storage_trouble_.clear();
  } catch (const offline_cache::StorageError& error) {
    if (storage_trouble_ != error.what()) log_.error(error.what());
    storage_trouble_ = error.what();
  }
}

void Lane::watch_files() {
  const bool is_off = offline_cache::file_exists(folder_.file(kOffFile));
  if (is_off != is_off_) log_.info(is_off ? "switched off by store staff" : "switched on again");
  is_off_ = is_off;
  if (identity_ && offline_cache::file_stamp(folder_.file(kIdentityFile)) != identity_stamp_) {
    has_new_identity_ = true;
  }
  if (local_ && local_->has_changed()) load_local();
  if (shelf_ && offline_cache::file_exists(folder_.file(kUnpinFile))) lift_pins();
  if (shelf_ && offline_cache::file_exists(folder_.file(kImportFolder))) take_import();
}

void Lane::lift_pins() {
  offline_cache::remove_file(folder_.file(kUnpinFile));
  shelf_->lift_pins();
  log_.info("rule sets that were set aside may be used again");
  load_rules();
}

void Lane::take_import() {
  Imported imported = import_release(*shelf_, folder_.file(kImportFolder), scope_, now_of(host_),
                                     [this] { session_->hush(); });
  std::error_code ignored;
  std::filesystem::remove_all(folder_.file(kImportFolder), ignored);
  const std::string result = to_json(imported);
  if (!imported.failure.empty()) log_.warning("import: " + imported.failure);
  if (imported.rules) offer(std::move(imported.rules));
  offline_cache::replace_file(folder_.file(kImportResultFile), result);
}

bool Lane::is_waiting() const { return hq_ && hq_->is_waiting(); }

void Lane::disconnect() {
  if (hq_) hq_->stop();
}

void Lane::finish() {
  keep_outcomes();
  if (shelf_) {
    shelf_->watch_use(session_->tried_version(), session_->proven_version(), 0);
    shelf_->end_use();
  }
  Health last = health();
  last.state = XSELL_HEALTH_STOPPED;
  board_.set(last);
  try {
    offline_cache::replace_file(folder_.file(kStatusFile), status_json());
  } catch (const offline_cache::StorageError&) {
    // The folder may be gone or full; the next start says so.
  }
}

void Lane::update_utc_offset() {
  const int64_t now_s = utc_now_s(host_);
  if (host_.clock) {
    session_->set_utc_offset(host_.clock->utc_offset_s(host_.host_data, now_s));
  } else if (time_zone_) {
    session_->set_utc_offset(time_zone_->utc_offset_s(now_s));
  }
}

void Lane::write_status() {
  outbox_ = store_->counters();
  board_.set(health());
  try {
    offline_cache::replace_file(folder_.file(kStatusFile), status_json());
  } catch (const offline_cache::StorageError& error) {
    storage_trouble_ = error.what();
  }
}

std::string Lane::status_json() const {
  HealthBoard::Files files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path(), ignored)) {
    const std::string name = entry.path().filename().string();
    const bool is_data = name.find(".db") != std::string::npos;
    const uint64_t bytes = is_data ? entry.file_size(ignored) : 0;
    if (is_data && !ignored) files.emplace_back(name, bytes);
  }
  std::sort(files.begin(), files.end());
  return board_.to_json(kVersion, utc_now_s(host_), files, silence_.to_json());
}

Health Lane::health() const {
  Health health;
  health.business_unit = scope_.business_unit;
  health.workstation = scope_.workstation;
  health.ready_version = ready_version_;
  health.rule_count = report_.rules_active + report_.pairs;
  health.skipped_rules = report_.rules_unsupported;
  health.item_count = report_.items;
  health.outcomes_pending = outbox_.pending + session_->waiting_outcomes();
  health.outcomes_dropped = outbox_.dropped - outbox_.dead_letters;
  health.outcomes_refused = outbox_.dead_letters;
  health.log_lines_dropped = log_.dropped();
  health.last_contact_s = last_contact_before_s_;
  if (hq_) {
    const sync::ListenerStatus status = hq_->status();
    health.connection = !status.is_online     ? XSELL_CONNECTION_OFFLINE
                        : status.is_push_live ? XSELL_CONNECTION_PUSH
                                              : XSELL_CONNECTION_POLLING;
    health.last_contact_s = std::max(hq_->last_contact_s(), last_contact_before_s_);
    health.message = hq_->trouble();
  }
  if (shelf_) describe_releases(health);
  if (!rules_trouble_.empty()) health.message = rules_trouble_;
  if (!sending_trouble_.empty()) health.message = sending_trouble_;
  if (!storage_trouble_.empty()) health.message = storage_trouble_;
  if (is_off_ || lane_kill() != nullptr || (shelf_ && shelf_->has_only_pinned())) {
    health.state = XSELL_HEALTH_DISABLED;
  } else if (!storage_trouble_.empty() || !rules_trouble_.empty()) {
    health.state = XSELL_HEALTH_DEGRADED;
  } else {
    health.state = has_rules_ ? XSELL_HEALTH_READY : XSELL_HEALTH_NO_RULES;
  }
  return health;
}

void Lane::describe_releases(Health& health) const {
  const Moment now = now_of(host_);
  const LaneTrust& trust = shelf_->trust();
  if (shelf_->version() != 0) {
    health.freshness = trust.is_stale(now)        ? XSELL_FRESHNESS_STALE
                       : shelf_->is_head_frozen() ? XSELL_FRESHNESS_FROZEN
                                                  : XSELL_FRESHNESS_OK;
  }
  health.head_signed_s = trust.clock().last_signed_s();
  health.source = name_of(shelf_->source());
  health.updates_by_delta = shelf_->updates_by_delta();
  health.updates_by_bundle = shelf_->updates_by_bundle();
  if (const auto& trouble = shelf_->trouble()) {
    health.last_error = trouble->failure.name();
    health.last_error_detail = trouble->failure.detail;
    health.last_error_version = trouble->version;
    health.last_error_s = trouble->at_s;
  }
  for (const auto& pin : shelf_->pinned()) health.pinned_versions.push_back(pin.version);
  if (trust.clock().is_suspect(now.utc_s))
    health.message = describe_suspect(trust.clock(), now.utc_s) + "; set the clock";
  if (!shelf_->pinned().empty()) health.message = describe_pins(*shelf_);
  if (const sync::Kill* kill = lane_kill()) {
    health.message = "HQ has switched this lane off (" + std::string(name_of(kill->scope)) +
                     (kill->value.empty() ? "" : " " + kill->value) + "): " + kill->reason;
  }
}

}  // namespace xsell::plugin

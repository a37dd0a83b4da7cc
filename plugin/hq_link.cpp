#include "plugin/hq_link.h"

#include <chrono>
#include <utility>

#include "sync/outcome_batch.h"

namespace xsell::plugin {
namespace {

int64_t monotonic_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr int64_t kUploadInterval_ms = 1'000;
// Of a backlog: 2,000 outcomes a second, so that a fleet that comes back leaves HQ its breath.
constexpr int64_t kBacklogInterval_ms = 250;
constexpr int64_t kHealthRetry_ms = 5'000;
constexpr std::chrono::milliseconds kHealthDeadline{10'000};

std::string_view name_of(offline_cache::LossClass loss_class) {
  switch (loss_class) {
    case offline_cache::LossClass::kDetail:
      return "detail";
    case offline_cache::LossClass::kOutcome:
      return "outcome";
    case offline_cache::LossClass::kTotal:
      return "total";
    case offline_cache::LossClass::kHeldOut:
      return "held_out";
    case offline_cache::LossClass::kAcknowledged:
      return "acknowledged";
  }
  return "outcome";
}

// Set for as long as it lives, whatever is thrown meanwhile.
class Sending {
 public:
  explicit Sending(bool& flag) : flag_(flag) { flag_ = true; }
  ~Sending() { flag_ = false; }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

 private:
  bool& flag_;
};

sync::OutcomeBatch to_batch(const offline_cache::PendingBatch& pending) {
  sync::OutcomeBatch batch;
  batch.epoch = pending.epoch;
  batch.records.reserve(pending.records.size());
  for (const offline_cache::PendingRecord& from : pending.records) {
    sync::BatchRecord& to = batch.records.emplace_back();
    to.first_sequence = from.first_sequence;
    to.last_sequence = from.last_sequence;
    to.is_tombstone = from.is_tombstone;
    to.count = from.count;
    to.loss_class = name_of(from.loss_class);
    to.outcome_json = from.bytes;
  }
  return batch;
}

}  // namespace

HqLink::HqLink(boost::asio::io_context& io, const sync::Identity& identity,
               const rules::LaneScope& scope, const std::string& mirror_url, ReleaseShelf& shelf,
               offline_cache::LaneStore& store, LogQueue& log, Callbacks callbacks)
    : scope_(scope),
      shelf_(shelf),
      store_(store),
      log_(log),
      callbacks_(std::move(callbacks)),
      device_(identity.device),
      signer_(identity.device, identity.lane_key_pem),
      releases_(io, sync::endpoint_of(identity), mirror_url),
      post_client_(io, sync::endpoint_of(identity)),
      upload_(post_client_, signer_, sync::system_dice()),
      listener_(
          io, sync::endpoint_of(identity), {}, [this] { return refresh(); },
          [this](const sync::ListenerStatus& status) { note_contact(status); }) {}

HqLink::~HqLink() { stop(); }

void HqLink::note_contact(const sync::ListenerStatus& status) {
  if (status.is_online) last_contact_s_ = callbacks_.now().utc_s;
  // An HQ that is back may be another one than before: it learns at once where this lane stands.
  const int contact = (status.is_online ? 1 : 0) + (status.is_push_live ? 1 : 0);
  if (contact > contact_) is_health_due_ = true;
  contact_ = contact;
  const std::string detail =
      status.last_error == sync::NetError::kNone ? std::string() : status.last_error_detail;
  if (detail == contact_detail_) return;
  contact_detail_ = detail;
  log_.info(detail.empty() ? std::string("HQ answers") : "HQ: " + detail);
}

void HqLink::start() { listener_.start(shelf_.trust().head_serial()); }

void HqLink::stop() {
  is_stopped_ = true;
  listener_.stop();
  releases_.cancel();
  post_client_.cancel();
}

sync::RefreshResult HqLink::refresh() {
  const Moment now = callbacks_.now();
  set_clock_suspect(now);
  is_refreshing_ = true;
  ReleaseSource::Result fetched =
      releases_.update(shelf_, scope_, now, callbacks_.on_kill, monotonic_ms());
  is_refreshing_ = false;
  // What it learnt may have cleared the clock, or the other way round.
  set_clock_suspect(now);
  ReleaseShelf::Update& update = fetched.update;

  sync::RefreshResult result;
  result.error = update.failure.net_error;
  result.status = fetched.status;
  result.retry_after_ms = fetched.retry_after_ms;
  result.version = shelf_.trust().head_serial();
  if (is_stopped_) return result;
  if (result.error == sync::NetError::kNone) last_contact_s_ = now.utc_s;

  if (releases_.mirror_trouble() != mirror_trouble_) {
    mirror_trouble_ = releases_.mirror_trouble();
    log_.info(mirror_trouble_.empty() ? std::string("the mirror serves again")
                                      : "the mirror is left aside: " + mirror_trouble_);
  }
  if (!update.failure.failed()) {
    trouble_.clear();
  } else if (update.failure.net_error == sync::NetError::kNone) {
    // The way is fine, what came over it is not: that needs a person.
    std::string trouble = "the release was not accepted (" + std::string(update.failure.name()) +
                          "): " + update.failure.detail;
    if (trouble != trouble_) log_.warning(trouble);
    trouble_ = std::move(trouble);
  }
  if (update.rules) {
    log_.info("rule set " + std::to_string(update.rules->version()) + " is ready");
    callbacks_.on_rules(std::move(update.rules));
    is_health_due_ = true;
  }
  return result;
}

void HqLink::set_clock_suspect(const Moment& now) {
  const TrustedClock& clock = shelf_.trust().clock();
  const bool is_suspect = clock.is_suspect(now.utc_s);
  if (is_suspect && !was_clock_suspect_) log_.warning(describe_suspect(clock, now.utc_s));
  was_clock_suspect_ = is_suspect;
  post_client_.set_clock_suspect(is_suspect);
  listener_.set_clock_suspect(is_suspect);
}

void HqLink::tick(int64_t now_ms) {
  if (is_sending_ || is_stopped_) return;
  const Sending sending(is_sending_);
  if (now_ms >= next_upload_ms_ && upload_.is_due(now_ms)) {
    next_upload_ms_ = now_ms + kUploadInterval_ms;
    if (is_outbox_ours(now_ms)) send_outcomes(now_ms);
  }
  send_health(now_ms);
}

// What waits may be numbered under the name that an earlier enrolment gave this lane. HQ may have
// some of it, though its acknowledgement never came: that must not be counted twice.
bool HqLink::is_outbox_ours(int64_t now_ms) {
  if (store_.device() == device_) return true;
  if (store_.device().empty()) {
    store_.set_device(device_);
    return true;
  }
  const sync::UploadResult result = upload_.ask_progress(store_.device(), store_.epoch(), now_ms);
  if (is_stopped_ || !result.acked_through) return false;
  store_.ack_through(store_.epoch(), *result.acked_through);
  store_.begin_epoch(device_, offline_cache::LaneStore::Why::kDevice);
  return true;
}

void HqLink::send_outcomes(int64_t now_ms) {
  const offline_cache::PendingBatch pending =
      store_.pending(upload_.max_records(), sync::kMaxBatchInflated / 2);
  if (pending.records.empty()) return;

  const sync::UploadResult result = upload_.send(to_batch(pending), now_ms);
  if (is_stopped_) return;
  for (const sync::RejectedOutcome& rejected : result.rejected) {
    log_.warning("HQ refuses outcome " + std::to_string(rejected.sequence) + ": " +
                 rejected.reason);
    store_.reject(pending.epoch, rejected.sequence, rejected.reason);
  }
  if (result.acked_through) take_acknowledgement(pending.epoch, result);
  if (result.is_denied) {
    trouble_ = "HQ does not accept this lane any more; enrol it again: xsell enroll TOKEN";
  } else if (result.status == 400 || result.status == 413) {
    log_.warning(result.detail);
  }
  if (result.error == sync::NetError::kNone) {
    last_contact_s_ = callbacks_.now().utc_s;
    // A backlog is sent batch after batch.
    if (pending.records.size() >= upload_.max_records()) {
      next_upload_ms_ = now_ms + kBacklogInterval_ms;
    }
  }
}

void HqLink::take_acknowledgement(uint64_t epoch, const sync::UploadResult& result) {
  using Ack = offline_cache::LaneStore::Ack;
  using Why = offline_cache::LaneStore::Why;
  if (result.has_gap) {
    log_.warning("HQ has outcomes through " + std::to_string(*result.acked_through) +
                 " only, though it had acknowledged more: it came back from a backup. What this "
                 "lane still keeps is sent again");
    store_.rewind(epoch, *result.acked_through);
    next_upload_ms_ = 0;
    return;
  }
  const Ack ack = store_.ack_through(epoch, *result.acked_through);
  if (result.has_conflict) {
    log_.error(
        "HQ holds other outcomes under this lane's numbers (a copied disk?); a new epoch begins");
  } else if (ack == Ack::kAhead) {
    log_.error(
        "HQ has more outcomes of this lane than its own disk tells of (an older image?); a new "
        "epoch begins");
  } else {
    return;
  }
  store_.begin_epoch(device_, result.has_conflict ? Why::kConflict : Why::kAhead);
  next_upload_ms_ = 0;
}

void HqLink::send_health(int64_t now_ms) {
  if (is_stopped_ || !listener_.status().is_online) return;
  if (!is_health_due_ && now_ms < next_health_ms_) return;
  is_health_due_ = false;
  next_health_ms_ = now_ms + sync::limits::kHealthInterval_ms;
  sync::HttpRequest request;
  request.method = "POST";
  request.path = "/v1/health";
  request.body = callbacks_.health_json();
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back(sync::kSignatureHeader,
                               signer_.sign_post(request.path, request.body));
  request.deadline = kHealthDeadline;
  const sync::HttpReply reply = post_client_.wait(std::move(request));
  if (!reply.is_ok()) next_health_ms_ = now_ms + kHealthRetry_ms;
}

}  // namespace xsell::plugin

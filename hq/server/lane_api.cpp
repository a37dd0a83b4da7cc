#include "hq/server/lane_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "hq/audit.h"
#include "hq/secret.h"
#include "rules/strict_json.h"
#include "sync/base64.h"
#include "sync/limits.h"
#include "sync/request_signer.h"
#include "sync/sha256.h"

namespace xsell::hq {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kHealthBytes = 64 * 1024;
constexpr std::size_t kEnrolmentBytes = 8 * 1024;
constexpr std::int64_t kSeenInterval_s = 30;

std::string event_of(const ReleaseHead& head, std::uint32_t spread_s) {
  return fmt::format(
      "event: head\nid: {0}\ndata: {{\"version\":{1},\"serial\":{0},\"spread_s\":{2}}}\n\n",
      head.serial, head.version, spread_s);
}

std::string bearer_of(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = request.header("authorization");
  return value.starts_with(kScheme) ? std::string(value.substr(kScheme.size())) : std::string();
}

std::string text_of(const rules::JsonValue& object, std::string_view name) {
  const rules::JsonValue* value = object.find(name);
  return value != nullptr && value->is_string() ? value->text : std::string();
}

bool is_signed_by(const Device& device, const HttpRequest& request) {
  return sync::is_post_signature_valid(device.public_key, request.path, device.device, request.body,
                                       request.header("x-xsell-signature"));
}

HttpAnswer wrong_method() {
  return error_answer(405, "method", "this address takes another method");
}

HttpAnswer unsigned_request() {
  return error_answer(403, "signature",
                      "the request is not signed by the key of this lane; enrol the lane again");
}

HttpAnswer unavailable(std::string_view message, int retry_after_s) {
  HttpAnswer answer = error_answer(503, "unavailable", message);
  answer.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  return answer;
}

Json rejections(const AppendResult& result) {
  Json list = Json::array();
  for (const AppendResult::Rejected& entry : result.rejected)
    list.push_back({{"seq", entry.sequence}, {"reason", entry.reason}});
  return list;
}

}  // namespace

LaneApi::LaneApi(boost::asio::io_context& io, const HqFolder& folder, Clock now_s, Log log)
    : folder_(folder),
      now_s_(std::move(now_s)),
      log_(std::move(log)),
      store_(folder.database().string()),
      tree_(folder.tree()),
      intake_(io, store_, now_s_, [this](const Device& device) { note_contact(device); }, {}) {
  head_ = read_head(folder_.tree()).value_or(ReleaseHead{});
}

HttpAnswer LaneApi::answer(const HttpRequest& request) {
  try {
    return route(request);
  } catch (const std::exception& error) {
    log_(fmt::format("{} {} from {} failed: {}", request.method, request.path, request.peer,
                     error.what()));
    return unavailable("HQ cannot do this just now", 30);
  }
}

void LaneApi::stop() { intake_.stop(); }

HttpAnswer LaneApi::route(const HttpRequest& request) {
  if (request.path == "/v1/enroll")
    return request.method == "POST" ? enroll(request) : wrong_method();
  const bool is_known = StaticTree::serves(request.path) || request.path == "/v1/stream" ||
                        request.path == "/v1/outcomes" || request.path == "/v1/progress" ||
                        request.path == "/v1/health";
  if (!is_known) return error_answer(404, "not_found", "there is nothing here");

  HttpAnswer refusal;
  const std::string token = bearer_of(request);
  const KnownDevice device = authorised(token, refusal);
  if (!device) return refusal;
  if (StaticTree::serves(request.path)) return tree_.answer(request);
  if (request.path == "/v1/stream")
    return request.method == "GET" ? stream(request, token) : wrong_method();
  if (request.method != "POST") return wrong_method();
  if (request.path == "/v1/outcomes") return take_outcomes(request, device);
  if (request.path == "/v1/progress") return tell_progress(request, *device);
  return take_health(request, *device);
}

LaneApi::KnownDevice LaneApi::authorised(const std::string& token, HttpAnswer& refusal) {
  KnownDevice device;
  if (!token.empty()) device = devices_.find_by_token(token);
  if (!device) {
    refusal = error_answer(401, "token",
                           "this lane is not enrolled here; enrol it with a token of this HQ");
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return nullptr;
  }
  if (device->revoked_at_s) {
    refusal = error_answer(403, "revoked", "HQ has revoked this lane; enrol it again");
    return nullptr;
  }
  return device;
}

HttpAnswer LaneApi::stream(const HttpRequest& request, const std::string& token) {
  log_(fmt::format("stream opened from {}", request.peer));
  HttpAnswer answer;
  answer.headers = {{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"},
                    {"X-Accel-Buffering", "no"}};
  answer.on_stream = [this](std::shared_ptr<EventSink> sink) {
    std::erase_if(streams_, [](const auto& entry) { return entry.expired(); });
    streams_.push_back(sink);
    sink->send(event_of(head_, head_.spread_s));
  };
  answer.is_still_allowed = [this, token] {
    HttpAnswer ignored;
    return authorised(token, ignored) != nullptr;
  };
  return answer;
}

void LaneApi::publish_head() {
  const std::optional<ReleaseHead> head = read_head(folder_.tree());
  if (!head || *head == head_) return;
  // Only a release is large; a kill switch must not wait.
  const std::uint32_t spread_s = head->version == head_.version ? 0 : head->spread_s;
  head_ = *head;
  const std::string event = event_of(head_, spread_s);
  std::size_t told = 0;
  for (const auto& entry : streams_) {
    if (const auto sink = entry.lock()) {
      sink->send(event);
      ++told;
    }
  }
  std::erase_if(streams_, [](const auto& entry) { return entry.expired(); });
  log_(fmt::format("release {} pushed to {} streams", head_.version, told));
}

std::size_t LaneApi::streams() const {
  return static_cast<std::size_t>(std::count_if(
      streams_.begin(), streams_.end(), [](const auto& entry) { return !entry.expired(); }));
}

HttpAnswer LaneApi::take_outcomes(const HttpRequest& request, const KnownDevice& device) {
  if (!is_signed_by(*device, request)) return unsigned_request();
  if (device->quarantined_at_s)
    return error_answer(403, "quarantined",
                        "HQ has set this lane's outcomes aside; enrol it again");
  HttpAnswer answer;
  answer.on_later = [this, device,
                     body = request.body](std::function<void(HttpAnswer)> reply) mutable {
    const bool is_taken = intake_.take(device, std::move(body),
                                       [this, device, reply](const OutcomeIntake::Taken& taken) {
                                         reply(answer_outcomes(*device, taken));
                                       });
    if (!is_taken) reply(unavailable("too many outcomes are waiting to be stored", 5));
  };
  return answer;
}

HttpAnswer LaneApi::answer_outcomes(const Device& device, const OutcomeIntake::Taken& taken) {
  if (!taken.bad_batch.empty())
    return error_answer(taken.is_too_large ? 413 : 400, "batch", taken.bad_batch);
  if (!taken.failure.empty()) {
    log_(
        fmt::format("outcomes of device {} could not be stored: {}", device.device, taken.failure));
    return unavailable("HQ cannot store outcomes just now", 30);
  }
  const AppendResult& result = taken.result;
  Json answer = {{"acked_through", result.acked_through}, {"reject", rejections(result)}};
  if (result.kind == AppendResult::Kind::kStored) return json_answer(200, answer.dump());
  const bool is_gap = result.kind == AppendResult::Kind::kGap;
  if (!is_gap) note_conflict(device, taken.epoch, result.acked_through + 1);
  answer["error"] = is_gap ? "gap" : "conflict";
  return json_answer(409, answer.dump());
}

// Within the outcomes' own commit: another one with every batch would halve what HQ can take in.
void LaneApi::note_contact(const Device& device) {
  if (now_s_() - device.last_seen_at_s.value_or(0) < kSeenInterval_s) return;
  fleet_.saw(device.device, now_s_());
  devices_.forget(device.device);
}

void LaneApi::note_conflict(const Device& device, std::uint64_t epoch, std::uint64_t sequence) {
  const std::string what = fmt::format(
      "store {}, lane {} sends another outcome {} of epoch {} than is stored: two lanes "
      "run from copies of one disk, or this one from an older image; enrol it anew",
      device.store, device.lane, sequence, epoch);
  log_(fmt::format("device {}: {}", device.device, what));
  alarms_.raise(kAlarmConflict, device.device, what, now_s_());
  if (store_.setting(kQuarantineClones) == "on") {
    fleet_.quarantine(device.device, now_s_());
    devices_.forget(device.device);
    Audit(store_).record(now_s_(), "serve", "quarantine",
                         {{"device", device.device}, {"reason", "conflict"}});
  }
}

HttpAnswer LaneApi::tell_progress(const HttpRequest& request, const Device& device) {
  if (!is_signed_by(device, request)) return unsigned_request();
  const rules::JsonDocument asked =
      rules::read_json(request.body, {.max_bytes = kEnrolmentBytes, .max_depth = 2});
  const rules::JsonValue* epoch = asked.value.find("epoch");
  const std::string name = text_of(asked.value, "device");
  if (name.empty() || epoch == nullptr || !epoch->is_integer() || epoch->integer < 0)
    return error_answer(400, "request", "the request names no device and epoch");
  const auto acked_through =
      outcomes_.acked_through(name, static_cast<std::uint64_t>(epoch->integer));
  return json_answer(200, Json{{"acked_through", acked_through}}.dump());
}

HttpAnswer LaneApi::take_health(const HttpRequest& request, const Device& device) {
  if (request.body.size() > kHealthBytes)
    return error_answer(413, "size", "the report is too long");
  if (!is_signed_by(device, request)) return unsigned_request();
  const rules::JsonDocument report = rules::read_json(
      request.body, {.max_bytes = kHealthBytes, .max_values = 10'000, .max_depth = 8});
  if (report.error || !report.value.is_object())
    return error_answer(400, "report", "the report is not one JSON object");
  std::optional<std::int64_t> version;
  if (const rules::JsonValue* value = report.value.find("ready_version");
      value != nullptr && value->is_integer()) {
    version = value->integer;
  }
  if (version.value_or(0) < device.highest_version) {
    alarms_.raise(
        kAlarmWentBack, device.device,
        fmt::format("store {}, lane {} reports rule set {} after {}: its disk is an older "
                    "image, or a rule set did not start there",
                    device.store, device.lane, version.value_or(0), device.highest_version),
        now_s_());
  }
  fleet_.record_health(device.device, version, text_of(report.value, "plugin_version"),
                       request.body, now_s_());
  devices_.forget(device.device);
  if (const rules::JsonValue* silence = report.value.find("silence")) {
    silence_.record(device.device, *silence, now_s_());
  }
  if (version.value_or(0) > static_cast<std::int64_t>(head_.version)) {
    alarms_.raise(kAlarmBehind, "hq",
                  fmt::format("store {}, lane {} has rule set {}, this HQ has published up to {}: "
                              "it came back from a backup; run 'xsell-hq bump'",
                              device.store, device.lane, *version, head_.version),
                  now_s_());
  }
  return json_answer(200, Json{{"head", head_.version}}.dump());
}

std::optional<std::string> LaneApi::root_with_hash(std::string_view sha256) const {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.tuf(), error)) {
    if (!entry.path().filename().string().ends_with(".root.json")) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (in && sync::sha256_hex(content.str()) == sha256) return content.str();
  }
  return std::nullopt;
}

HttpAnswer LaneApi::enroll(const HttpRequest& request) {
  const std::int64_t now_s = now_s_();
  if (!enrolments_.take(request.peer, now_s)) {
    log_(fmt::format("too many enrolments from {}", request.peer));
    // One write a minute at most: the alarm must not be the load.
    if (guessing_noted_.take(request.peer, now_s)) {
      alarms_.raise(
          kAlarmGuessing, request.peer,
          "too many tries to enrol: somebody may be guessing tokens; see 'xsell-hq audit' "
          "and close the network to this address",
          now_s);
    }
    HttpAnswer answer = error_answer(429, "rate", "too many tries; wait a minute");
    answer.headers.emplace_back("Retry-After", "60");
    return answer;
  }
  const auto refuse = [&](std::string_view word, std::string_view message) {
    log_(fmt::format("enrolment from {} refused: {}", request.peer, message));
    Audit(store_).record(now_s, "serve", "enroll refused",
                         {{"peer", request.peer}, {"reason", word}});
    return error_answer(403, word, message);
  };
  if (request.body.size() > kEnrolmentBytes)
    return error_answer(413, "size", "the request is too long");
  const rules::JsonDocument body =
      rules::read_json(request.body, {.max_bytes = kEnrolmentBytes, .max_depth = 2});
  const std::string secret = text_of(body.value, "secret");
  const std::string store = text_of(body.value, "store");
  const std::string lane = text_of(body.value, "lane");
  const auto public_key = sync::from_base64(text_of(body.value, "public_key"));
  if (secret.empty() || !public_key || public_key->size() != 32) {
    return error_answer(400, "request", "the request is not an enrolment");
  }
  const std::optional<FleetStore::Lane> meant_for = fleet_.lane_of_secret(secret);
  if (meant_for && (meant_for->store != store || meant_for->lane != lane)) {
    return refuse("other_lane", "the token was made for another lane");
  }
  const std::optional<std::string> root = root_with_hash(text_of(body.value, "root_sha256"));
  if (!root)
    return refuse("root", "the token is of another HQ or older than its keys; make a new one");

  NewDevice device{new_secret("d-").substr(0, 24), *public_key, new_secret("xsl-")};
  switch (fleet_.enrol(secret, device, now_s)) {
    case FleetStore::Enrolment::kDone:
      break;
    case FleetStore::Enrolment::kUnknownSecret:
      return refuse("unknown", "HQ does not know this token");
    case FleetStore::Enrolment::kUsed:
      return refuse("used", "this token was used already; make a new one");
    case FleetStore::Enrolment::kExpired:
      return refuse("expired", "this token has expired; make a new one");
    case FleetStore::Enrolment::kKeyInUse:
      return refuse("key", "this key is enrolled already");
  }
  Audit(store_).record(now_s, "serve", "enrolled",
                       {{"device", device.device}, {"store", store}, {"lane", lane}});
  log_(fmt::format("device {} enrolled for store {}, lane {}", device.device, store, lane));
  return json_answer(
      200,
      Json{{"device", device.device}, {"token", device.token}, {"root", sync::to_base64(*root)}}
          .dump());
}

}  // namespace xsell::hq

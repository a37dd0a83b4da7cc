#include "hq/rollout_judge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sync/limits.h"

namespace xsell::hq {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kTwoReports_s = 2 * sync::limits::kHealthInterval_ms / 1000;
constexpr std::size_t kTroubledShown = 10;

std::uint64_t number(const Json& report, const char* name) {
  const auto found = report.find(name);
  return found != report.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string text(const Json& report, const char* name) {
  const auto found = report.find(name);
  return found != report.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_pinned(const Json& report, std::uint64_t version) {
  const auto pinned = report.find("pinned_versions");
  return pinned != report.end() && pinned->is_array() &&
         std::find(pinned->begin(), pinned->end(), Json(version)) != pinned->end();
}

// What the lane itself says against the release; empty: nothing.
std::string complaint(const Json& report, std::uint64_t version) {
  if (is_pinned(report, version)) return "the till ended three times with it";
  const auto error = report.find("last_error");
  if (error != report.end() && error->is_object() && number(*error, "version") == version) {
    return "it was refused: " + text(*error, "name");
  }
  if (number(report, "ready_version") == version && text(report, "state") == "degraded") {
    return "the lane is broken with it: " + text(report, "message");
  }
  return {};
}

Json report_of(const Device& device) {
  Json report = Json::parse(device.health, nullptr, false);
  return report.is_object() ? report : Json::object();
}

}  // namespace

LaneVerdict judge_lane(const Device& device, std::uint64_t version, std::int64_t ring_since_s,
                       std::int64_t now_s) {
  if (device.revoked_at_s || device.quarantined_at_s) return LaneVerdict::kNotAsked;
  const Json report = report_of(device);
  if (!complaint(report, version).empty()) return LaneVerdict::kFailed;

  const std::int64_t reported_at_s = device.reported_at_s.value_or(0);
  if (reported_at_s < ring_since_s - kTwoReports_s) return LaneVerdict::kNotAsked;
  const bool is_silent_now = now_s - std::max(reported_at_s, ring_since_s) > kTwoReports_s;
  if (is_silent_now && reported_at_s < ring_since_s + kSilenceWatch_s) return LaneVerdict::kSilent;
  return number(report, "ready_version") >= version ? LaneVerdict::kGood : LaneVerdict::kWaiting;
}

RolloutCount judge_rollout(const std::vector<Device>& devices, const sync::Rollout& rollout,
                           std::uint64_t version, const std::string& salt,
                           std::int64_t ring_since_s, std::int64_t now_s) {
  RolloutCount count;
  for (const Device& device : devices) {
    if (!rollout.lets(version, salt, device.store)) continue;
    std::string why;
    switch (judge_lane(device, version, ring_since_s, now_s)) {
      case LaneVerdict::kNotAsked:
        break;
      case LaneVerdict::kWaiting:
        ++count.waiting;
        break;
      case LaneVerdict::kGood:
        ++count.good;
        break;
      case LaneVerdict::kFailed:
        ++count.failed;
        why = complaint(report_of(device), version);
        break;
      case LaneVerdict::kSilent:
        ++count.silent;
        why = "no report any more";
        break;
    }
    if (!why.empty() && count.troubled.size() < kTroubledShown) {
      count.troubled.push_back(device.store + '/' + device.lane + ": " + why);
    }
  }
  return count;
}

}  // namespace xsell::hq

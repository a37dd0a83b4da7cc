// What lanes may ask of HQ: the published files, the event stream, outcomes, health and enrolment.
// Threads: one. Fails: with answers; what HQ's own disk refuses is logged and answered with 500 or
// 503.
#ifndef XSELL_HQ_SERVER_LANE_API_H_
#define XSELL_HQ_SERVER_LANE_API_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/alarm_store.h"
#include "hq/fleet_store.h"
#include "hq/hq_folder.h"
#include "hq/outcome_store.h"
#include "hq/server/device_cache.h"
#include "hq/server/http_message.h"
#include "hq/server/outcome_intake.h"
#include "hq/server/rate_limit.h"
#include "hq/server/release_head.h"
#include "hq/server/static_tree.h"
#include "hq/silence_store.h"
#include "hq/store.h"

namespace xsell::hq {

class LaneApi {
 public:
  using Clock = std::function<std::int64_t()>;  // UTC seconds
  using Log = std::function<void(std::string_view)>;

  LaneApi(boost::asio::io_context& io, const HqFolder& folder, Clock now_s, Log log);

  HttpAnswer answer(const HttpRequest& request);

  // Reads what is published now and pushes it to every stream if it has changed.
  void publish_head();
  const ReleaseHead& head() const { return head_; }
  std::size_t streams() const;

  void stop();  // outcomes that wait to be stored are not answered any more

 private:
  HttpAnswer route(const HttpRequest& request);
  HttpAnswer stream(const HttpRequest& request, const std::string& token);
  using KnownDevice = std::shared_ptr<const Device>;
  HttpAnswer take_outcomes(const HttpRequest& request, const KnownDevice& device);
  HttpAnswer answer_outcomes(const Device& device, const OutcomeIntake::Taken& taken);
  HttpAnswer tell_progress(const HttpRequest& request, const Device& device);
  void note_contact(const Device& device);
  void note_conflict(const Device& device, std::uint64_t epoch, std::uint64_t sequence);
  HttpAnswer take_health(const HttpRequest& request, const Device& device);
  HttpAnswer enroll(const HttpRequest& request);

  // The device that the bearer token belongs to, or null and why it is not let in.
  KnownDevice authorised(const std::string& token, HttpAnswer& refusal);
  std::optional<std::string> root_with_hash(std::string_view sha256) const;

  const HqFolder folder_;
  const Clock now_s_;
  const Log log_;
  HqStore store_;
  FleetStore fleet_{store_};
  DeviceCache devices_{store_};
  SilenceStore silence_{store_};
  OutcomeStore outcomes_{store_};
  AlarmStore alarms_{store_};
  StaticTree tree_;
  RateLimit enrolments_;
  RateLimit guessing_noted_{
      {.burst = 1, .per_minute = 1, .burst_of_all = 10, .per_minute_of_all = 10}};
  ReleaseHead head_;
  std::vector<std::weak_ptr<EventSink>> streams_;
  OutcomeIntake intake_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_LANE_API_H_

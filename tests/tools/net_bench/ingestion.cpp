#include <stdexcept>

#include "sync/enrolment.h"
#include "sync/request_signer.h"
#include "tests/tools/net_bench/client_pool.h"
#include "tests/tools/net_bench/measurements.h"
#include "tests/tools/sample_batches.h"

namespace xsell::benchmark {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBatchSize = 500;
constexpr std::size_t kMostBatches = 200;  // of a lane
constexpr std::string_view kPath = "/v1/outcomes";

// A lane's batches, each signed by it.
std::vector<std::string> requests_of(const sync::Identity& lane,
                                     const std::vector<std::string>& batches) {
  const sync::RequestSigner signer(lane.device, lane.lane_key_pem);
  std::vector<std::string> requests;
  for (const std::string& batch : batches) {
    requests.push_back("POST " + std::string(kPath) +
                       " HTTP/1.1\r\nHost: hq\r\nAuthorization: Bearer " + lane.bearer + "\r\n" +
                       std::string(sync::kSignatureHeader) + ": " + signer.sign_post(kPath, batch) +
                       "\r\nContent-Length: " + std::to_string(batch.size()) + "\r\n\r\n" + batch);
  }
  return requests;
}

}  // namespace

Json measure_ingestion(MeasuredHq& hq, std::chrono::seconds time) {
  const std::vector<std::string> batches = sample_batches(kMostBatches, kBatchSize);
  std::vector<std::vector<std::string>> requests;
  for (std::size_t i = 0; i < kLanes; ++i) {
    const sync::EnrolmentResult lane = sync::enroll(hq.program().enrolment_token());
    if (!lane.is_ok()) throw std::runtime_error(lane.reason);
    requests.push_back(requests_of(lane.identity, batches));
  }

  std::vector<std::string> answers(kLanes);
  std::vector<std::size_t> stored(kLanes, 0);
  bool is_over = false;
  ClientPool* sending = nullptr;
  ClientPool pool(hq.port(), hq.lane().ca_pem, [&](std::size_t lane, std::string_view bytes) {
    std::string& answer = answers[lane];
    answer += bytes;
    if (!answer.ends_with("}")) return;
    const std::string expected =
        "{\"acked_through\":" + std::to_string((stored[lane] + 1) * kBatchSize) + ",";
    if (!answer.starts_with("HTTP/1.1 200") || answer.find(expected) == std::string::npos)
      throw std::runtime_error("a batch was not stored: " + answer);
    answer.clear();
    if (++stored[lane] == kMostBatches) is_over = true;
    if (!is_over) sending->send(lane, requests[lane][stored[lane]]);
  });
  sending = &pool;
  pool.open(kLanes, "");
  const auto from = Clock::now();
  for (std::size_t lane = 0; lane < kLanes; ++lane) pool.send(lane, requests[lane][0]);
  pool.run_until([&] { return is_over; }, time);
  const double seconds = std::chrono::duration<double>(Clock::now() - from).count();
  std::size_t batches_stored = 0;
  for (const std::size_t count : stored) batches_stored += count;
  return {{"lanes", kLanes},
          {"outcomes_a_batch", kBatchSize},
          {"outcomes_a_second", static_cast<double>(batches_stored * kBatchSize) / seconds}};
}

}  // namespace xsell::benchmark

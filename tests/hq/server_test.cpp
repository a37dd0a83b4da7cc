#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "hq/alarm_store.h"
#include "hq/audit.h"
#include "rules/outcome.h"
#include "rules/strict_json.h"
#include "sync/base64.h"
#include "sync/enrolment_token.h"
#include "sync/event_stream.h"
#include "sync/http_client.h"
#include "sync/http_fetcher.h"
#include "sync/outcome_upload.h"
#include "sync/request_signer.h"
#include "sync/signing_key.h"
#include "tests/hq/hq_under_test.h"

namespace xsell::hq {
namespace {

using namespace std::chrono_literals;
using sync::HttpReply;
using sync::NetError;

sync::HqEndpoint endpoint_with(const HqUnderTest& hq, std::string bearer) {
  sync::HqEndpoint endpoint;
  endpoint.url = hq.url();
  endpoint.ca_pem = hq.ca_pem();
  endpoint.bearer = std::move(bearer);
  return endpoint;
}

HttpReply ask(const sync::HqEndpoint& endpoint, sync::HttpRequest request) {
  boost::asio::io_context io;
  sync::HttpClient client(io, endpoint);
  return client.wait(std::move(request));
}

std::string error_word(const HttpReply& reply) {
  const rules::JsonDocument body = rules::read_json(reply.body);
  const rules::JsonValue* word = body.value.find("error");
  return word != nullptr ? word->text : "(" + reply.body + ")";
}

// --- who is let in ---

TEST(HqServer, lets_nobody_in_without_a_token) {
  HqUnderTest hq;
  hq.enrol();
  for (const char* token : {"", "wrong"}) {
    for (const char* path :
         {"/v1/tuf/timestamp.json", "/v1/targets/x", "/v1/stream", "/v1/outcomes", "/v1/health"}) {
      const HttpReply reply = ask(endpoint_with(hq, token), {.path = path});
      EXPECT_EQ(reply.status, 401) << path;
      EXPECT_EQ(error_word(reply), "token") << path;
    }
  }
  EXPECT_EQ(ask(endpoint_with(hq, ""), {.path = "/"}).status, 404);
}

TEST(HqServer, A44_refuses_a_revoked_lane_by_name) {
  HqUnderTest hq;
  const sync::Identity lane = hq.enrol();
  EXPECT_EQ(ask(endpoint_of(lane), {.path = "/v1/tuf/timestamp.json"}).status, 200);
  HqStore store = hq.open_store();
  FleetStore(store).revoke(lane.device, hq.now_s);
  const HttpReply reply = ask(endpoint_of(lane), {.path = "/v1/tuf/timestamp.json"});
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(error_word(reply), "revoked");
}

// --- published files ---

TEST(HqServerFiles, answers_304_while_nothing_changed) {
  HqUnderTest hq;
  const sync::HqEndpoint lane = endpoint_of(hq.enrol());
  const HttpReply first = ask(lane, {.path = "/v1/tuf/timestamp.json"});
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.content_type, "application/json");
  EXPECT_EQ(ask(lane, {.path = "/v1/tuf/timestamp.json", .if_none_match = first.etag}).status, 304);
  hq.publish(1);
  const HttpReply second =
      ask(lane, {.path = "/v1/tuf/timestamp.json", .if_none_match = first.etag});
  EXPECT_EQ(second.status, 200);
  EXPECT_NE(second.etag, first.etag);
}

TEST(HqServerFiles, serves_ranges_of_the_same_entity_only) {
  HqUnderTest hq;
  const sync::HqEndpoint lane = endpoint_of(hq.enrol());
  const std::string path = "/v1/targets/0123.big";
  std::string content;
  for (int i = 0; i < 400'000; ++i) content += std::to_string(i);
  std::ofstream(hq.folder().targets() / "0123.big") << content;
  const HttpReply whole = ask(lane, {.path = path, .body_cap = 1 << 24});
  ASSERT_EQ(whole.status, 200) << whole.detail;
  EXPECT_TRUE(whole.body == content);
  const HttpReply tail = ask(
      lane, {.path = path, .resume_at = 1'000'000, .resume_etag = whole.etag, .body_cap = 1 << 24});
  ASSERT_EQ(tail.status, 206) << tail.detail;
  EXPECT_TRUE(tail.body == content.substr(1'000'000));
  // Another entity is sent whole, which the client will not splice.
  const HttpReply other =
      ask(lane,
          {.path = path, .resume_at = 1'000'000, .resume_etag = "\"other\"", .body_cap = 1 << 24});
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.error, NetError::kProtocol);
  EXPECT_EQ(ask(lane, {.path = path,
                       .resume_at = content.size(),
                       .resume_etag = whole.etag,
                       .body_cap = 1 << 24})
                .status,
            416);
}

TEST(HqServerFiles, A46_never_leaves_its_folders) {
  HqUnderTest hq;
  const sync::HqEndpoint lane = endpoint_of(hq.enrol());
  std::filesystem::create_symlink(hq.folder().database(), hq.folder().tuf() / "link.json");
  std::filesystem::create_directory(hq.folder().tuf() / "folder");
  std::ofstream(hq.folder().tuf() / ".hidden") << "x";
  for (const char* path :
       {"/v1/tuf/", "/v1/tuf/../../hq.db", "/v1/tuf/..%2f..%2fhq.db", "/v1/tuf/%2e%2e/hq.db",
        "/v1/tuf/.hidden", "/v1/tuf/link.json", "/v1/tuf/folder", "/v1/tuf//etc/passwd",
        "/v1/tuf/timestamp.json/", "/v1/tuf/TIMESTAMP.json", "/v1/targets/../tuf/timestamp.json",
        "/v1/tuf/timestamp.json%00", "/v1/tuf/a\\b"}) {
    EXPECT_EQ(ask(lane, {.path = path}).status, 404) << path;
  }
  EXPECT_EQ(ask(lane, {.method = "PUT", .path = "/v1/tuf/timestamp.json", .body = "x"}).status,
            405);
}

// --- the push ---

struct Heads {
  std::vector<std::string> data;
  sync::StreamEnd end;
};

// Follows the stream until it ends or `count` heads have come; `then` is called after each.
Heads follow(const sync::HqEndpoint& endpoint, std::size_t count,
             const std::function<void(std::size_t)>& then = {}) {
  boost::asio::io_context io;
  Heads heads;
  sync::EventStream stream(io, endpoint, "/v1/stream",
                           {{},
                            {},
                            [&](const sync::SseEvent& event) {
                              EXPECT_EQ(event.type, "head");
                              heads.data.push_back(event.data);
                              if (then) then(heads.data.size());
                              if (heads.data.size() == count) io.stop();
                            },
                            [&](const sync::StreamEnd& end) { heads.end = end; }});
  stream.open();
  io.run();
  return heads;
}

TEST(HqServerStream, tells_the_head_at_once_and_pushes_each_publish_of_another_process) {
  HqUnderTest hq;
  hq.publish(3, 5);
  const Heads heads = follow(endpoint_of(hq.enrol()), 3, [&](std::size_t seen) {
    if (seen == 1) hq.publish(4);
    if (seen == 2) hq.publish(5, 60);
  });
  EXPECT_EQ(heads.data, (std::vector<std::string>{R"({"version":3,"serial":2,"spread_s":5})",
                                                  R"({"version":4,"serial":3,"spread_s":0})",
                                                  R"({"version":5,"serial":4,"spread_s":60})"}));
}

TEST(HqServerStream, beats_while_nothing_happens) {
  ServerLimits limits;
  limits.heartbeat = 20ms;
  HqUnderTest hq(limits);
  boost::asio::io_context io;
  int beats = 0;
  sync::EventStream stream(io, endpoint_of(hq.enrol()), "/v1/stream",
                           {{},
                            [&] {
                              if (++beats == 5) io.stop();
                            },
                            {},
                            {}});
  stream.open();
  io.run();
  EXPECT_EQ(beats, 5);
}

TEST(HqServerStream, ends_when_the_lane_is_revoked) {
  ServerLimits limits;
  limits.heartbeat = 20ms;
  HqUnderTest hq(limits);
  const sync::Identity lane = hq.enrol();
  const Heads heads = follow(endpoint_of(lane), SIZE_MAX, [&](std::size_t) {
    HqStore store = hq.open_store();
    FleetStore(store).revoke(lane.device, hq.now_s);
  });
  EXPECT_EQ(heads.data.size(), 1U);
  EXPECT_EQ(heads.end.error, NetError::kClosed);
}

// --- outcomes ---

class HqServerOutcomes : public ::testing::Test {
 protected:
  sync::OutcomeBatch batch(std::uint64_t first, std::uint64_t last, std::uint32_t offer = 0) {
    rules::Outcome outcome;
    outcome.kind = rules::OutcomeKind::kShown;
    outcome.offer = offer;
    sync::OutcomeBatch result;
    result.epoch = 9;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
      outcome.prompt_id = sequence;
      sync::BatchRecord record;
      record.first_sequence = record.last_sequence = sequence;
      record.outcome_json = sync::encode_outcome(outcome);
      result.records.push_back(std::move(record));
    }
    return result;
  }

  sync::UploadResult send(const sync::OutcomeBatch& what) { return send(what, signer_); }

  sync::UploadResult send(const sync::OutcomeBatch& what, const sync::RequestSigner& signer) {
    boost::asio::io_context io;
    sync::HttpClient client(io, endpoint_of(lane_));
    sync::OutcomeUpload upload(client, signer, [](std::int64_t) { return 0; });
    return upload.send(what, 0);
  }

  std::int64_t rows() {
    HqStore store = hq_.open_store();
    auto count = store.prepare("SELECT count(*) FROM outcomes");
    count.step();
    return count.column_int64(0);
  }

  HqUnderTest hq_;
  sync::Identity lane_ = hq_.enrol();
  sync::RequestSigner signer_{lane_.device, lane_.lane_key_pem};
};

TEST_F(HqServerOutcomes, A38_takes_each_outcome_once_however_often_it_comes) {
  EXPECT_EQ(send(batch(1, 3)).acked_through, 3U);
  EXPECT_EQ(send(batch(1, 3)).acked_through, 3U);
  EXPECT_EQ(send(batch(2, 5)).acked_through, 5U);
  EXPECT_EQ(send(batch(1, 2)).acked_through, 5U);
  EXPECT_EQ(rows(), 5);
}

TEST_F(HqServerOutcomes, A38_refuses_a_gap_and_says_where_it_stands) {
  send(batch(1, 3));
  const sync::UploadResult gap = send(batch(6, 7));
  EXPECT_EQ(gap.status, 409);
  EXPECT_EQ(gap.acked_through, 3U);
  EXPECT_FALSE(gap.has_conflict);
  EXPECT_EQ(rows(), 3);
}

TEST_F(HqServerOutcomes, A31_sees_a_cloned_disk) {
  send(batch(1, 3));
  sync::OutcomeBatch cloned = batch(1, 2);
  for (const sync::BatchRecord& record : batch(3, 4, 1).records) cloned.records.push_back(record);
  const sync::UploadResult clone = send(cloned);
  EXPECT_TRUE(clone.has_conflict);
  EXPECT_EQ(clone.acked_through, 2U) << "what is the same on both disks is stored";
  EXPECT_EQ(rows(), 3);
  HqStore store = hq_.open_store();
  const auto alarms = AlarmStore(store).all();
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(alarms[0].kind, kAlarmConflict);
  EXPECT_EQ(alarms[0].subject, lane_.device);
  EXPECT_FALSE(FleetStore(store).find(lane_.device)->quarantined_at_s);
}

TEST_F(HqServerOutcomes, A31_quarantines_a_clone_when_told_to) {
  {
    HqStore store = hq_.open_store();
    store.set_setting(kQuarantineClones, "on");
  }
  send(batch(1, 3));
  EXPECT_TRUE(send(batch(3, 3, 1)).has_conflict);
  const sync::UploadResult refused = send(batch(4, 5));
  EXPECT_TRUE(refused.is_denied);
  EXPECT_EQ(rows(), 3);
  {
    HqStore store = hq_.open_store();
    EXPECT_TRUE(FleetStore(store).end_quarantine(lane_.device));
  }
  EXPECT_EQ(send(batch(4, 5)).acked_through, 5U);
}

TEST_F(HqServerOutcomes, A38_what_was_rejected_once_is_rejected_again) {
  sync::OutcomeBatch mixed = batch(1, 3);
  mixed.records[1].outcome_json = R"({"kind":"nonsense"})";
  for (int i = 0; i < 2; ++i) {
    const sync::UploadResult result = send(mixed);
    EXPECT_EQ(result.acked_through, 3U);
    ASSERT_EQ(result.rejected.size(), 1U) << i;
    EXPECT_EQ(result.rejected[0].sequence, 2U);
  }
  // Another outcome under the number of a rejected one is a conflict too.
  EXPECT_TRUE(send(batch(2, 2)).has_conflict);
}

TEST_F(HqServerOutcomes, what_was_given_up_and_comes_after_all_is_stored) {
  sync::OutcomeBatch lost = batch(1, 1);
  lost.records.push_back({.first_sequence = 2,
                          .last_sequence = 5,
                          .is_tombstone = true,
                          .count = 4,
                          .loss_class = "detail",
                          .outcome_json = {}});
  send(lost);
  EXPECT_EQ(send(batch(2, 3)).acked_through, 5U);
  EXPECT_EQ(send(batch(2, 3)).acked_through, 5U);
  EXPECT_EQ(rows(), 3);
  HqStore store = hq_.open_store();
  auto count = store.prepare("SELECT sum(count) FROM lost_outcomes");
  count.step();
  EXPECT_EQ(count.column_int64(0), 2);
}

TEST_F(HqServerOutcomes, A38_two_connections_and_any_order_have_the_effect_of_one) {
  boost::asio::io_context io;
  sync::HttpClient first(io, endpoint_of(lane_));
  sync::HttpClient second(io, endpoint_of(lane_));
  sync::OutcomeUpload one(first, signer_, [](std::int64_t) { return 0; });
  sync::OutcomeUpload other(second, signer_, [](std::int64_t) { return 0; });
  std::uint64_t acked = 0;
  for (std::uint64_t from = 1; from <= 200; from += 10) {
    for (sync::OutcomeUpload* upload : {&one, &other}) {
      // The second sends what the first has sent already, and a little more.
      const std::uint64_t last = from + (upload == &one ? 9 : 14);
      const auto result = upload->send(batch(from, last), 0);
      ASSERT_TRUE(result.acked_through);
      EXPECT_GE(*result.acked_through, acked) << "an acknowledgement went back";
      acked = *result.acked_through;
    }
  }
  EXPECT_EQ(rows(), static_cast<std::int64_t>(acked));
}

TEST_F(HqServerOutcomes, tells_how_far_it_has_the_epoch_of_an_earlier_enrolment) {
  send(batch(1, 7));
  const sync::Identity anew = hq_.enrol();
  const sync::RequestSigner signer(anew.device, anew.lane_key_pem);
  boost::asio::io_context io;
  sync::HttpClient client(io, endpoint_of(anew));
  sync::OutcomeUpload upload(client, signer, [](std::int64_t) { return 0; });
  EXPECT_EQ(upload.ask_progress(lane_.device, 9, 0).acked_through, 7U);
  EXPECT_EQ(upload.ask_progress(lane_.device, 10, 0).acked_through, 0U);
  EXPECT_EQ(upload.ask_progress("nobody", 9, 0).acked_through, 0U);
  const sync::RequestSigner stranger(anew.device, sync::SigningKey::generate().to_pem());
  sync::OutcomeUpload forged(client, stranger, [](std::int64_t) { return 0; });
  EXPECT_TRUE(forged.ask_progress(lane_.device, 9, 0).is_denied);
}

// All that a lane recorded while it was away for a hundred days.
TEST(HqServer, A44_a_lane_that_was_away_for_a_hundred_days_sends_everything) {
  constexpr std::int64_t kHundredDays_s = 100 * 86'400;
  constexpr std::uint64_t kOutcomes = 10'000;
  HqUnderTest hq;
  hq.now_s -= kHundredDays_s;
  const sync::Identity lane = hq.enrol();
  hq.stop();
  hq.now_s += kHundredDays_s;
  hq.start();
  const sync::RequestSigner signer(lane.device, lane.lane_key_pem);
  boost::asio::io_context io;
  sync::HttpClient client(io, endpoint_of(lane));
  sync::OutcomeUpload upload(client, signer, [](std::int64_t) { return 0; });
  rules::Outcome outcome;
  outcome.kind = rules::OutcomeKind::kBasket;
  std::uint64_t acked = 0;
  while (acked < kOutcomes) {
    sync::OutcomeBatch batch{5, {}};
    for (std::uint64_t sequence = acked + 1; sequence <= acked + 500; ++sequence) {
      outcome.transaction = sequence;
      batch.records.push_back(
          {sequence, sequence, false, 1, "total", sync::encode_outcome(outcome)});
    }
    const sync::UploadResult result = upload.send(batch, 0);
    ASSERT_EQ(result.acked_through, acked + 500) << result.detail;
    acked = *result.acked_through;
  }
  HqStore store = hq.open_store();
  auto count = store.prepare("SELECT count(DISTINCT host_transaction) FROM outcomes");
  count.step();
  EXPECT_EQ(count.column_int64(0), static_cast<std::int64_t>(kOutcomes));
}

TEST_F(HqServerOutcomes, A39_one_bad_outcome_blocks_nothing) {
  sync::OutcomeBatch mixed = batch(1, 3);
  mixed.records[1].outcome_json = R"({"kind":"shown","card_number":"4111111111111111"})";
  const sync::UploadResult result = send(mixed);
  EXPECT_EQ(result.acked_through, 3U);
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_EQ(result.rejected[0].sequence, 2U);
  EXPECT_EQ(rows(), 2);
}

TEST_F(HqServerOutcomes, a_tombstone_closes_the_gap) {
  sync::OutcomeBatch lost = batch(1, 1);
  lost.records.push_back({.first_sequence = 2,
                          .last_sequence = 9,
                          .is_tombstone = true,
                          .count = 8,
                          .loss_class = "detail",
                          .outcome_json = {}});
  EXPECT_EQ(send(lost).acked_through, 9U);
  EXPECT_EQ(send(batch(10, 11)).acked_through, 11U);
  EXPECT_EQ(rows(), 3);
}

TEST_F(HqServerOutcomes, A42_believes_only_the_key_of_the_lane) {
  const sync::SigningKey stranger = sync::SigningKey::generate();
  EXPECT_TRUE(send(batch(1, 3), sync::RequestSigner(lane_.device, stranger.to_pem())).is_denied);
  const HttpReply unsigned_reply = ask(
      endpoint_of(lane_),
      {.method = "POST", .path = "/v1/outcomes", .body = sync::encode_batch(batch(1, 3)).bytes});
  EXPECT_EQ(unsigned_reply.status, 403);
  EXPECT_EQ(error_word(unsigned_reply), "signature");
  EXPECT_EQ(rows(), 0);
}

TEST_F(HqServerOutcomes, refuses_what_is_no_batch) {
  const auto post = [&](const std::string& body) {
    return ask(endpoint_of(lane_), {.method = "POST",
                                    .path = "/v1/outcomes",
                                    .headers = {{std::string(sync::kSignatureHeader),
                                                 signer_.sign_post("/v1/outcomes", body)}},
                                    .body = body});
  };
  EXPECT_EQ(post("rubbish").status, 400);
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post(std::string(300 * 1024, 'x')).status, 413);
  EXPECT_EQ(ask(endpoint_of(lane_), {.path = "/v1/outcomes"}).status, 405);
}

TEST_F(HqServerOutcomes, A30_reports_a_lane_that_went_back_and_an_hq_that_did) {
  const auto report = [&](int version) {
    const std::string body = R"({"ready_version":)" + std::to_string(version) + "}";
    EXPECT_EQ(ask(endpoint_of(lane_), {.method = "POST",
                                       .path = "/v1/health",
                                       .headers = {{std::string(sync::kSignatureHeader),
                                                    signer_.sign_post("/v1/health", body)}},
                                       .body = body})
                  .status,
              200);
    HqStore store = hq_.open_store();
    std::vector<std::string> kinds;
    for (const Alarm& alarm : AlarmStore(store).all()) kinds.push_back(alarm.kind);
    return kinds;
  };
  hq_.publish(5);
  hq_.stop();
  hq_.start();
  EXPECT_TRUE(report(5).empty());
  EXPECT_EQ(report(4), std::vector<std::string>{std::string(kAlarmWentBack)});
  HqStore store = hq_.open_store();
  EXPECT_EQ(FleetStore(store).highest_version(), 5U);
  AlarmStore(store).clear(kAlarmWentBack, lane_.device);
  EXPECT_EQ(report(9), std::vector<std::string>{std::string(kAlarmBehind)});
}

TEST_F(HqServerOutcomes, keeps_the_last_health_report) {
  const std::string body = R"({"ready_version":12,"plugin_version":"0.1.0","pending":3})";
  const HttpReply reply = ask(
      endpoint_of(lane_),
      {.method = "POST",
       .path = "/v1/health",
       .headers = {{std::string(sync::kSignatureHeader), signer_.sign_post("/v1/health", body)}},
       .body = body});
  EXPECT_EQ(reply.status, 200) << reply.body;
  HqStore store = hq_.open_store();
  const auto device = FleetStore(store).find(lane_.device);
  ASSERT_TRUE(device);
  EXPECT_EQ(device->rules_version, 12);
  EXPECT_EQ(device->plugin_version, "0.1.0");
  EXPECT_EQ(device->health, body);
}

// --- enrolment ---

TEST(HqServerEnrolment, A41_a_token_is_good_once) {
  HqUnderTest hq;
  const std::string token = hq.token_for("0217", "3");
  EXPECT_TRUE(sync::enroll(token).is_ok());
  const sync::EnrolmentResult again = sync::enroll(token);
  EXPECT_FALSE(again.is_ok());
  EXPECT_NE(again.reason.find("used already"), std::string::npos) << again.reason;
}

TEST(HqServerEnrolment, A41_a_token_expires) {
  HqUnderTest hq;
  const std::string token = hq.token_for("0217", "3", 60);
  hq.now_s += 61;
  const sync::EnrolmentResult late = sync::enroll(token);
  EXPECT_NE(late.reason.find("expired"), std::string::npos) << late.reason;
}

TEST(HqServerEnrolment, A41_a_token_is_for_its_lane_only) {
  HqUnderTest hq;
  sync::EnrolmentToken token = sync::decode_token(hq.token_for("0217", "3"));
  token.lane = "4";
  EXPECT_NE(sync::enroll(sync::encode_token(token)).reason.find("another lane"), std::string::npos);
  token.lane = "3";
  EXPECT_TRUE(sync::enroll(sync::encode_token(token)).is_ok()) << "a refused try uses nothing up";
}

TEST(HqServerEnrolment, A41_guessing_is_slowed_down) {
  HqUnderTest hq;
  sync::EnrolmentToken token = sync::decode_token(hq.token_for("0217", "3"));
  const std::string secret = token.secret;
  token.secret = "guess";
  for (int i = 0; i < 10; ++i)
    EXPECT_NE(sync::enroll(sync::encode_token(token)).reason.find("does not know"),
              std::string::npos);
  EXPECT_NE(sync::enroll(sync::encode_token(token)).reason.find("too many"), std::string::npos);
  {
    HqStore store = hq.open_store();
    const auto alarms = AlarmStore(store).all();
    ASSERT_EQ(alarms.size(), 1U);
    EXPECT_EQ(alarms[0].kind, kAlarmGuessing);
    EXPECT_EQ(alarms[0].subject, "127.0.0.1");
  }
  hq.now_s += 60;
  token.secret = secret;
  EXPECT_TRUE(sync::enroll(sync::encode_token(token)).is_ok());
}

TEST(HqServerEnrolment, A41_a_key_is_enrolled_once_and_refusals_are_audited) {
  HqUnderTest hq;
  const std::string key = sync::to_base64(std::string(32, 'k'));
  const auto enrol = [&](const std::string& lane) {
    const sync::EnrolmentToken token = sync::decode_token(hq.token_for("0217", lane));
    return ask(
        endpoint_with(hq, ""),
        {.method = "POST",
         .path = "/v1/enroll",
         .body = R"({"lane":")" + lane + R"(","public_key":")" + key + R"(","root_sha256":")" +
                 token.root_sha256 + R"(","secret":")" + token.secret + R"(","store":"0217"})"});
  };
  EXPECT_EQ(enrol("3").status, 200);
  const HttpReply again = enrol("4");
  EXPECT_EQ(again.status, 403);
  EXPECT_EQ(error_word(again), "key");
  HqStore store = hq.open_store();
  EXPECT_EQ(FleetStore(store).devices().size(), 1U);
  const auto latest = Audit(store).latest(1);
  ASSERT_EQ(latest.size(), 1U);
  EXPECT_EQ(latest[0].action, "enroll refused");
  EXPECT_NE(latest[0].detail.find("\"key\""), std::string::npos) << latest[0].detail;
}

TEST(HqServerEnrolment, A41_what_is_no_enrolment_uses_nothing_up) {
  HqUnderTest hq;
  const std::string token = hq.token_for("0217", "3");
  for (const char* body : {"", "{}", "[]", R"({"secret":"x"})",
                           R"({"secret":"x","public_key":"c2hvcnQ=","store":"1","lane":"2"})"}) {
    EXPECT_EQ(
        ask(endpoint_with(hq, ""), {.method = "POST", .path = "/v1/enroll", .body = body}).status,
        400)
        << body;
  }
  EXPECT_TRUE(sync::enroll(token).is_ok());
}

TEST(HqServerEnrolment, a_token_of_other_keys_is_refused_before_it_is_used_up) {
  HqUnderTest hq;
  sync::EnrolmentToken token = sync::decode_token(hq.token_for("0217", "3"));
  const std::string root = token.root_sha256;
  token.root_sha256 = std::string(64, 'a');
  EXPECT_FALSE(sync::enroll(sync::encode_token(token)).is_ok());
  token.root_sha256 = root;
  EXPECT_TRUE(sync::enroll(sync::encode_token(token)).is_ok());
}

// --- a whole cycle ---

TEST(HqServer, A25_a_lane_comes_back_after_a_restart) {
  HqUnderTest hq;
  hq.publish(1);
  const sync::HqEndpoint lane = endpoint_of(hq.enrol());
  boost::asio::io_context io;
  sync::HttpClient client(io, lane);
  EXPECT_EQ(client.wait({.path = "/v1/tuf/timestamp.json"}).status, 200);
  hq.stop();
  EXPECT_EQ(client.wait({.path = "/v1/tuf/timestamp.json"}).error, NetError::kRefused);
  hq.start();
  EXPECT_EQ(client.wait({.path = "/v1/tuf/timestamp.json"}).status, 200);
}

}  // namespace
}  // namespace xsell::hq

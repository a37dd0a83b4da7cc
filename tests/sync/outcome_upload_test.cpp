#include "sync/outcome_upload.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "rules/outcome.h"
#include "sync/request_signer.h"
#include "sync/signing_key.h"
#include "tests/sync/tls_test_server.h"

namespace xsell::sync {
namespace {

class OutcomeUploadTest : public ::testing::Test {
 protected:
  OutcomeUploadTest() {
    rules::Outcome outcome;
    outcome.kind = rules::OutcomeKind::kShown;
    batch_.epoch = 3;
    for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) {
      batch_.records.push_back({.first_sequence = sequence,
                                .last_sequence = sequence,
                                .loss_class = {},
                                .outcome_json = encode_outcome(outcome)});
    }
  }

  UploadResult send(const std::string& reply) {
    request_.clear();
    TlsTestServer server([&](TestPeer& peer) {
      request_ = peer.read_request();
      peer.write(reply);
    });
    HttpClient client(io_, server.endpoint());
    OutcomeUpload upload(client, signer_, [](std::int64_t) { return 0; });
    return upload.send(batch_, 1000);
  }

  boost::asio::io_context io_;
  const SigningKey key_ = SigningKey::generate();
  const RequestSigner signer_{"d1", key_.to_pem()};
  OutcomeBatch batch_;
  std::string request_;
};

TEST_F(OutcomeUploadTest, sends_a_signed_batch_and_reads_the_acknowledgement) {
  const UploadResult result =
      send(http_reply(200, R"({"acked_through":40,"reject":[{"seq":7,"reason":"has no kind"}]})"));
  EXPECT_EQ(result.error, NetError::kNone) << result.detail;
  EXPECT_EQ(result.acked_through, 40U);
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_EQ(result.rejected[0].sequence, 7U);
  EXPECT_EQ(result.rejected[0].reason, "has no kind");
  const std::string body = request_.substr(request_.find("\r\n\r\n") + 4);
  EXPECT_EQ(decode_batch(body).batch->records.size(), 40U);
  const std::string raw(reinterpret_cast<const char*>(key_.public_key().bytes.data()), 32);
  EXPECT_TRUE(is_post_signature_valid(raw, "/v1/outcomes", "d1", body,
                                      header_of(request_, kSignatureHeader)));
}

TEST_F(OutcomeUploadTest, takes_where_hq_stands_from_a_refused_gap_and_sees_a_conflict) {
  const UploadResult gap =
      send(http_reply(409, R"({"error":"gap","acked_through":12,"reject":[]})"));
  EXPECT_EQ(gap.acked_through, 12U);
  EXPECT_FALSE(gap.has_conflict);
  const UploadResult conflict = send(http_reply(409, R"({"error":"conflict","acked_through":40})"));
  EXPECT_TRUE(conflict.has_conflict);
}

TEST_F(OutcomeUploadTest, never_takes_a_broken_answer_for_an_acknowledgement) {
  for (const char* body :
       {"", "{}", "[]", "null", R"({"acked_through":-1})", R"({"acked_through":"40"})", "ok"}) {
    const UploadResult result = send(http_reply(200, body));
    EXPECT_EQ(result.error, NetError::kProtocol) << body;
    EXPECT_FALSE(result.acked_through) << body;
  }
}

TEST_F(OutcomeUploadTest, A39_halves_the_batch_on_413_and_grows_again) {
  std::vector<std::string> replies = {http_reply(413, "{}"), http_reply(413, "{}"),
                                      http_reply(200, R"({"acked_through":10})"),
                                      http_reply(200, R"({"acked_through":30})")};
  std::vector<std::size_t> counts;
  TlsTestServer server([&](TestPeer& peer) {
    for (const std::string& reply : replies) {
      const std::string request = peer.read_request();
      counts.push_back(
          decode_batch(request.substr(request.find("\r\n\r\n") + 4)).batch->records.size());
      peer.write(reply);
    }
  });
  HttpClient client(io_, server.endpoint());
  OutcomeUpload upload(client, signer_, [](std::int64_t) { return 0; });
  for (std::size_t i = 0; i < replies.size(); ++i)
    upload.send(batch_, static_cast<std::int64_t>(i) * 1000);
  EXPECT_EQ(counts, (std::vector<std::size_t>{40, 20, 10, 20}));
}

// Plays HQ: answers each request in turn and keeps what the batch held.
struct Exchange {
  std::vector<std::vector<BatchRecord>> batches;
  std::vector<UploadResult> results;
};

Exchange exchange(boost::asio::io_context& io, const RequestSigner& signer,
                  const OutcomeBatch& batch, const std::vector<std::string>& replies) {
  Exchange done;
  {
    TlsTestServer server([&](TestPeer& peer) {
      for (const std::string& reply : replies) {
        const std::string request = peer.read_request();
        const DecodedBatch decoded = decode_batch(request.substr(request.find("\r\n\r\n") + 4));
        done.batches.push_back(decoded.batch ? decoded.batch->records : std::vector<BatchRecord>());
        peer.write(reply);
      }
    });
    HttpClient client(io, server.endpoint());
    OutcomeUpload upload(client, signer, [](std::int64_t) { return 0; });
    std::int64_t now_ms = 0;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      done.results.push_back(upload.send(batch, now_ms));
      now_ms = std::max(now_ms, upload.due_at_ms());
    }
  }
  return done;
}

TEST_F(OutcomeUploadTest, A39_a_record_refused_even_alone_becomes_a_dead_letter) {
  for (const int status : {400, 413}) {
    const std::string no = http_reply(status, R"({"error":"batch"})");
    batch_.records.resize(3);
    const Exchange done =
        exchange(io_, signer_, batch_, {no, no, http_reply(200, R"({"acked_through":1})")});
    EXPECT_EQ(done.batches[0].size(), 3U);
    ASSERT_EQ(done.batches[1].size(), 1U);
    EXPECT_FALSE(done.batches[1][0].is_tombstone);
    ASSERT_EQ(done.batches[2].size(), 1U);
    EXPECT_TRUE(done.batches[2][0].is_tombstone);
    EXPECT_EQ(done.batches[2][0].first_sequence, 1U);
    EXPECT_TRUE(done.results[1].rejected.empty()) << "not before HQ has taken its tombstone";
    ASSERT_EQ(done.results[2].rejected.size(), 1U);
    EXPECT_EQ(done.results[2].rejected[0].sequence, 1U);
    EXPECT_NE(done.results[2].rejected[0].reason.find(std::to_string(status)), std::string::npos);
    EXPECT_EQ(done.results[2].acked_through, 1U);
  }
}

TEST_F(OutcomeUploadTest, A39_an_hq_that_refuses_everything_kills_no_record) {
  const std::string no = http_reply(400, R"({"error":"batch"})");
  batch_.records.resize(1);
  const Exchange done = exchange(io_, signer_, batch_, {no, no, no, no});
  EXPECT_FALSE(done.batches[0][0].is_tombstone);
  EXPECT_TRUE(done.batches[1][0].is_tombstone);
  EXPECT_FALSE(done.batches[2][0].is_tombstone);
  for (const UploadResult& result : done.results) EXPECT_TRUE(result.rejected.empty());
}

TEST_F(OutcomeUploadTest, A39_an_outcome_that_no_batch_can_hold_is_given_up_at_once) {
  TlsTestServer server([](TestPeer&) {});
  HttpClient client(io_, server.endpoint());
  OutcomeUpload upload(client, signer_, [](std::int64_t) { return 0; });
  batch_.records.resize(1);
  batch_.records[0].outcome_json = '"' + std::string(3 << 20, 'x') + '"';
  const UploadResult result = upload.send(batch_, 0);
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_FALSE(result.acked_through);
}

TEST_F(OutcomeUploadTest, A39_500_for_a_day_costs_nothing_but_time) {
  std::vector<std::string> replies(12, http_reply(500, "oops"));
  replies.push_back(http_reply(200, R"({"acked_through":40})"));
  const Exchange done = exchange(io_, signer_, batch_, replies);
  for (const auto& records : done.batches) EXPECT_EQ(records.size(), 40U);
  for (const UploadResult& result : done.results) EXPECT_TRUE(result.rejected.empty());
  EXPECT_EQ(done.results.back().acked_through, 40U);
}

TEST_F(OutcomeUploadTest, asks_how_far_hq_has_another_devices_epoch) {
  std::string request;
  TlsTestServer server([&](TestPeer& peer) {
    request = peer.read_request();
    peer.write(http_reply(200, R"({"acked_through":17})"));
  });
  HttpClient client(io_, server.endpoint());
  OutcomeUpload upload(client, signer_, [](std::int64_t) { return 0; });
  EXPECT_EQ(upload.ask_progress("d\"0", 77, 0).acked_through, 17U);
  EXPECT_NE(request.find("POST /v1/progress"), std::string::npos);
  EXPECT_NE(request.find(R"({"device":"d\"0","epoch":77})"), std::string::npos) << request;
}

TEST_F(OutcomeUploadTest, backs_off_after_a_failure_and_goes_slow_when_denied) {
  TlsTestServer busy([](TestPeer& peer) {
    peer.read_request();
    peer.write(http_reply(503, "", "Retry-After: 30\r\n"));
  });
  HttpClient client(io_, busy.endpoint());
  OutcomeUpload upload(client, signer_, [](std::int64_t) { return 0; });
  EXPECT_TRUE(upload.is_due(0));
  EXPECT_EQ(upload.send(batch_, 0).error, NetError::kStatus);
  EXPECT_FALSE(upload.is_due(30'000));
  EXPECT_TRUE(upload.is_due(31'000));

  TlsTestServer revoked([](TestPeer& peer) {
    peer.read_request();
    peer.write(http_reply(403, R"({"error":"revoked"})"));
  });
  HttpClient second(io_, revoked.endpoint());
  OutcomeUpload denied(second, signer_, [](std::int64_t) { return 0; });
  EXPECT_TRUE(denied.send(batch_, 0).is_denied);
  EXPECT_FALSE(denied.is_due(14 * 60'000));
  EXPECT_TRUE(denied.is_due(16 * 60'000));
}

}  // namespace
}  // namespace xsell::sync

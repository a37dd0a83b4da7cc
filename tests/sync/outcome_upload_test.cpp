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

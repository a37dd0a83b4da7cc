#include "sync/enrolment.h"

#include <gtest/gtest.h>

#include "rules/strict_json.h"
#include "sync/base64.h"
#include "sync/enrolment_token.h"
#include "sync/request_signer.h"
#include "sync/sha256.h"
#include "tests/sync/tls_test_server.h"

namespace xsell::sync {
namespace {

const std::string kRoot = R"({"signed":{},"signatures":[]})";

std::string answer(const std::string& root = kRoot) {
  return http_reply(200, R"({"device":"d1","token":"t1","root":")" + to_base64(root) + "\"}");
}

EnrolmentToken token_for(const TlsTestServer& server) {
  EnrolmentToken token;
  token.url = server.endpoint().url;
  token.ca_sha256 = hq::certificate_sha256(TestTls::good().authority.certificate_pem);
  token.root_sha256 = sha256_hex(kRoot);
  token.secret = "one-time";
  token.store = "0217";
  token.lane = "3";
  return token;
}

TEST(Enrolment, makes_an_identity_out_of_a_token) {
  std::string request;
  TlsTestServer server([&](TestPeer& peer) {
    request = peer.read_request();
    peer.write(answer());
  });
  const EnrolmentResult result = enroll(encode_token(token_for(server)));
  ASSERT_TRUE(result.is_ok()) << result.reason;
  EXPECT_EQ(result.identity.device, "d1");
  EXPECT_EQ(result.identity.bearer, "t1");
  EXPECT_EQ(result.identity.root_json, kRoot);
  EXPECT_EQ(result.identity.store, "0217");
  EXPECT_EQ(result.identity.ca_pem, TestTls::good().authority.certificate_pem);

  const rules::JsonDocument body = rules::read_json(request.substr(request.find("\r\n\r\n") + 4));
  ASSERT_FALSE(body.error);
  EXPECT_EQ(body.value.find("secret")->text, "one-time");
  EXPECT_EQ(request.find("BEGIN PRIVATE KEY"), std::string::npos);
  // The key that HQ registers is the one that will sign.
  const std::string public_key = *from_base64(body.value.find("public_key")->text);
  const RequestSigner signer("d1", result.identity.lane_key_pem);
  EXPECT_TRUE(is_post_signature_valid(public_key, "/p", "d1", "b", signer.sign_post("/p", "b")));
  // And the CA that was pinned serves from then on.
  EXPECT_FALSE(parse_identity(to_json(result.identity)).ca_pem.empty());
}

TEST(Enrolment, tells_nothing_to_a_server_with_another_authority) {
  bool was_asked = false;
  TlsTestServer server([&](TestPeer& peer) { was_asked = !peer.read_request().empty(); });
  EnrolmentToken token = token_for(server);
  token.ca_sha256 = std::string(64, 'b');
  const EnrolmentResult result = enroll(encode_token(token));
  EXPECT_EQ(result.error, NetError::kTlsAuthority);
  EXPECT_NE(result.reason.find("does not prove"), std::string::npos) << result.reason;
  EXPECT_FALSE(was_asked);
}

// The chain holds the pinned authority, but another one signed the server's certificate.
TEST(Enrolment, an_authority_that_is_merely_presented_proves_nothing) {
  TestTls tls = TestTls::make({"127.0.0.1"}, {0, 4'000'000'000});
  tls.authority = TestTls::good().authority;
  bool was_asked = false;
  TlsTestServer server([&](TestPeer& peer) { was_asked = !peer.read_request().empty(); }, tls);
  EXPECT_EQ(enroll(encode_token(token_for(server))).error, NetError::kTlsAuthority);
  EXPECT_FALSE(was_asked);
}

TEST(Enrolment, checks_the_name_too) {
  TestTls tls;
  tls.authority = TestTls::good().authority;
  tls.server = hq::make_server_certificate(tls.authority, {"hq.example"}, {0, 4'000'000'000});
  TlsTestServer server([&](TestPeer& peer) { peer.read_request(); }, tls);
  EXPECT_EQ(enroll(encode_token(token_for(server))).error, NetError::kTlsName);
}

TEST(Enrolment, refuses_another_root) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write(answer("{}"));
  });
  const EnrolmentResult result = enroll(encode_token(token_for(server)));
  EXPECT_FALSE(result.is_ok());
  EXPECT_NE(result.reason.find("root"), std::string::npos) << result.reason;
}

TEST(Enrolment, passes_on_why_hq_refuses) {
  TlsTestServer server([](TestPeer& peer) {
    peer.read_request();
    peer.write(http_reply(403, R"({"error":"used","message":"this token was used already"})"));
  });
  const EnrolmentResult result = enroll(encode_token(token_for(server)));
  EXPECT_EQ(result.error, NetError::kStatus);
  EXPECT_NE(result.reason.find("used already"), std::string::npos) << result.reason;
}

TEST(Enrolment, says_what_is_wrong_with_a_token) {
  EXPECT_NE(enroll("hello").reason.find("xsell1."), std::string::npos);
}

}  // namespace
}  // namespace xsell::sync

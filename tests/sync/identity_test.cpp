#include "sync/identity.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sync/base64.h"
#include "sync/enrolment_token.h"
#include "sync/request_signer.h"
#include "sync/signing_key.h"

namespace xsell::sync {
namespace {

const std::string kHash(64, 'a');

EnrolmentToken token() {
  return {.url = "https://hq.example:8443",
          .ca_sha256 = kHash,
          .root_sha256 = kHash,
          .secret = "s",
          .store = "0217",
          .lane = "3"};
}

TEST(EnrolmentToken, goes_there_and_back_even_when_pasted_over_line_ends) {
  std::string text = encode_token(token());
  EXPECT_TRUE(text.starts_with("xsell1."));
  text.insert(30, "\n  ");
  const EnrolmentToken back = decode_token("  " + text + "\n");
  EXPECT_EQ(back.url, "https://hq.example:8443");
  EXPECT_EQ(back.store, "0217");
  EXPECT_EQ(back.lane, "3");
  EXPECT_EQ(back.secret, "s");
}

TEST(EnrolmentToken, says_what_is_wrong_with_it) {
  const auto complaint = [](std::string_view text) -> std::string {
    try {
      decode_token(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EnrolmentToken plain = token();
  plain.url = "http://hq.example";
  EnrolmentToken unpinned = token();
  unpinned.ca_sha256 = "abc";
  EXPECT_NE(complaint("hello").find("xsell1."), std::string::npos);
  EXPECT_NE(complaint("xsell1.***").find("character"), std::string::npos);
  EXPECT_NE(complaint("xsell1.e30").find("missing"), std::string::npos);
  EXPECT_NE(complaint(encode_token(plain)).find("https"), std::string::npos);
  EXPECT_NE(complaint(encode_token(unpinned)).find("ca_sha256"), std::string::npos);
  const std::string good = encode_token(token());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(complaint(good.substr(0, size)), "") << size;
}

TEST(Identity, goes_there_and_back) {
  const Identity identity{"d1",     "https://hq",   "ca\npem", "key\npem",
                          "bearer", "{\"root\":1}", "0217",    "3"};
  const Identity back = parse_identity(to_json(identity));
  EXPECT_EQ(back.device, "d1");
  EXPECT_EQ(back.ca_pem, "ca\npem");
  EXPECT_EQ(back.lane_key_pem, "key\npem");
  EXPECT_EQ(back.root_json, "{\"root\":1}");
  EXPECT_EQ(endpoint_of(back).bearer, "bearer");
  EXPECT_THROW(parse_identity("{"), std::runtime_error);
  EXPECT_THROW(parse_identity(R"({"schema":"xsell.identity/1"})"), std::runtime_error);
}

TEST(RequestSigner, signs_path_device_and_body) {
  const SigningKey key = SigningKey::generate();
  const RequestSigner signer("d1", key.to_pem());
  const std::string raw(reinterpret_cast<const char*>(key.public_key().bytes.data()), 32);
  const std::string signature = signer.sign_post("/v1/outcomes", "body");
  EXPECT_TRUE(is_post_signature_valid(raw, "/v1/outcomes", "d1", "body", signature));
  EXPECT_FALSE(is_post_signature_valid(raw, "/v1/health", "d1", "body", signature));
  EXPECT_FALSE(is_post_signature_valid(raw, "/v1/outcomes", "d2", "body", signature));
  EXPECT_FALSE(is_post_signature_valid(raw, "/v1/outcomes", "d1", "body!", signature));
  EXPECT_FALSE(is_post_signature_valid(raw, "/v1/outcomes", "d1", "body", ""));
  EXPECT_FALSE(is_post_signature_valid("", "/v1/outcomes", "d1", "body", signature));
  EXPECT_THROW(RequestSigner("d1", "garbage"), std::runtime_error);
}

}  // namespace
}  // namespace xsell::sync

#include "sync/signing_key.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sync/hex.h"

namespace xsell::sync {
namespace {

SigningKey key_of(std::string_view seed_hex) {
  std::array<uint8_t, 32> seed;
  const std::string raw = from_hex(seed_hex).value();
  std::copy(raw.begin(), raw.end(), seed.begin());
  return SigningKey::from_seed(seed);
}

std::string raw(const Signature& signature) { return {signature.begin(), signature.end()}; }

// RFC 8032, section 7.1, tests 2 and 3.
TEST(SigningKey, FollowsTheExamplesOfTheStandard) {
  const SigningKey second =
      key_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  EXPECT_EQ(second.public_key().to_hex(),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(std::span<const uint8_t>(second.sign("\x72"))),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  const SigningKey third =
      key_of("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  EXPECT_EQ(third.public_key().to_hex(),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  EXPECT_TRUE(third.public_key().verify("\xaf\x82", raw(third.sign("\xaf\x82"))));
}

TEST(SigningKey, VerifiesNothingElse) {
  const SigningKey key = SigningKey::generate();
  const std::string signature = raw(key.sign("message"));
  EXPECT_TRUE(key.public_key().verify("message", signature));
  EXPECT_FALSE(key.public_key().verify("massage", signature));
  EXPECT_FALSE(SigningKey::generate().public_key().verify("message", signature));
  EXPECT_FALSE(key.public_key().verify("message", signature.substr(1)));
  EXPECT_FALSE(key.public_key().verify("message", ""));
  std::string changed = signature;
  changed[63] ^= 1;
  EXPECT_FALSE(key.public_key().verify("message", changed));
}

TEST(SigningKey, GoesThroughPem) {
  const SigningKey key = SigningKey::generate();
  const SigningKey same = SigningKey::from_pem(key.to_pem());
  EXPECT_EQ(same.public_key(), key.public_key());
  EXPECT_EQ(PublicKey::from_hex(key.public_key().to_hex()), key.public_key());
  EXPECT_THROW(SigningKey::from_pem("no key"), std::runtime_error);
}

TEST(SigningKey, GoesThroughAnEncryptedPemWithTheRightPassphraseOnly) {
  const SigningKey key = SigningKey::generate();
  const std::string pem = key.to_encrypted_pem("correct horse");
  EXPECT_TRUE(SigningKey::is_encrypted_pem(pem));
  EXPECT_FALSE(SigningKey::is_encrypted_pem(key.to_pem()));
  EXPECT_EQ(SigningKey::from_encrypted_pem(pem, "correct horse").public_key(), key.public_key());
  EXPECT_THROW(SigningKey::from_encrypted_pem(pem, "wrong horse"), std::runtime_error);
  EXPECT_THROW(SigningKey::from_encrypted_pem(pem, ""), std::runtime_error);
  EXPECT_THROW(SigningKey::from_encrypted_pem(pem, std::string(5000, 'x')), std::runtime_error);
  EXPECT_THROW(SigningKey::from_pem(pem), std::runtime_error);
  EXPECT_NE(key.to_encrypted_pem("correct horse"), pem);  // another salt each time
}

// Made by: openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -scrypt -passout pass:horse
TEST(SigningKey, ReadsWhatTheOpensslToolEncrypts) {
  const std::string pem = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAgwgX7GIiZoGgICQAAC
AQgCAQEwHQYJYIZIAWUDBAEqBBDHcrt3Tph4lbjbemT4K+8MBEDOGEzSBun97RZU
2u0BT48o+D8Q0UHwpaYiX3oVL7wkWfBBhP0PO7W+xFeX/moyf2LyB/EG2IKPGDuN
x4/qSYbW
-----END ENCRYPTED PRIVATE KEY-----
)";
  EXPECT_EQ(SigningKey::from_encrypted_pem(pem, "horse").public_key().to_hex(),
            "bed7071f624ebc0e577e8e67a22ac3f79e4325de344392a93d9187d62336abb3");
}

// The identifier that securesystemslib gives the same key.
TEST(SigningKey, IdentifierIsTheHashOfTheCanonicalKey) {
  const SigningKey key = key_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  EXPECT_EQ(
      key.public_key().tuf_json(),
      R"({"keytype":"ed25519","keyval":{"public":)"
      R"("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},"scheme":"ed25519"})");
  EXPECT_EQ(key.public_key().key_id().size(), 64U);
}

}  // namespace
}  // namespace xsell::sync

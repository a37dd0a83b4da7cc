#include "sync/verification_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "sync/openssl_context.h"
#include "sync/signing_key.h"

namespace xsell::sync {
namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Pkey make_ec(const char* curve) {
  return {EVP_PKEY_Q_keygen(openssl_context(), nullptr, "EC", curve), EVP_PKEY_free};
}

Pkey make_rsa(size_t bits) {
  return {EVP_PKEY_Q_keygen(openssl_context(), nullptr, "RSA", bits), EVP_PKEY_free};
}

std::string public_pem(const Pkey& key) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  EXPECT_EQ(PEM_write_bio_PUBKEY(bio.get(), key.get()), 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string sign(const Pkey& key, const std::string& message, bool is_pss) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  EXPECT_EQ(EVP_DigestSignInit_ex(digest.get(), &parameters, "SHA256", openssl_context(), nullptr,
                                  key.get(), nullptr),
            1);
  if (is_pss) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  std::string signature(1024, '\0');
  size_t size = signature.size();
  EXPECT_EQ(EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(message.data()), message.size()),
            1);
  signature.resize(size);
  return signature;
}

void expect_verifies_only(const VerificationKey& key, const std::string& message,
                          std::string signature) {
  EXPECT_TRUE(key.verify(message, signature));
  EXPECT_FALSE(key.verify(message + "x", signature));
  EXPECT_FALSE(key.verify(message, signature.substr(1)));
  EXPECT_FALSE(key.verify(message, ""));
  signature[signature.size() / 2] = static_cast<char>(signature[signature.size() / 2] ^ 1);
  EXPECT_FALSE(key.verify(message, signature));
}

TEST(VerificationKey, Ed25519) {
  const SigningKey key = SigningKey::generate();
  const auto read = VerificationKey::read("ed25519", "ed25519", key.public_key().to_hex());
  ASSERT_TRUE(read);
  const Signature raw = key.sign("message");
  expect_verifies_only(*read, "message", {raw.begin(), raw.end()});
}

TEST(VerificationKey, EcdsaOnP256UnderBothOfItsNames) {
  const Pkey key = make_ec("P-256");
  for (const char* type : {"ecdsa", "ecdsa-sha2-nistp256"}) {
    const auto read = VerificationKey::read(type, "ecdsa-sha2-nistp256", public_pem(key));
    ASSERT_TRUE(read) << type;
    expect_verifies_only(*read, "message", sign(key, "message", false));
  }
}

TEST(VerificationKey, RsaPssButNotPkcs1) {
  const Pkey key = make_rsa(2048);
  const auto read = VerificationKey::read("rsa", "rsassa-pss-sha256", public_pem(key));
  ASSERT_TRUE(read);
  expect_verifies_only(*read, "message", sign(key, "message", true));
  EXPECT_FALSE(read->verify("message", sign(key, "message", false)));
}

TEST(VerificationKey, WeakForeignAndBrokenKeysAreNone) {
  const std::string p256 = public_pem(make_ec("P-256"));
  EXPECT_FALSE(VerificationKey::read("ecdsa", "ecdsa-sha2-nistp256", public_pem(make_ec("P-384"))));
  EXPECT_FALSE(VerificationKey::read("ecdsa", "ecdsa-sha2-nistp384", p256));
  EXPECT_FALSE(VerificationKey::read("rsa", "rsassa-pss-sha256", public_pem(make_rsa(1024))));
  EXPECT_FALSE(VerificationKey::read("rsa", "rsassa-pss-sha256", p256));
  EXPECT_FALSE(VerificationKey::read("rsa", "rsa-pkcs1v15-sha256", public_pem(make_rsa(2048))));
  EXPECT_FALSE(VerificationKey::read("ed25519", "ed25519", p256));
  EXPECT_FALSE(VerificationKey::read("ed25519", "ed25519", "00"));
  EXPECT_FALSE(VerificationKey::read("ed25519", "other", std::string(64, '0')));
  EXPECT_FALSE(VerificationKey::read("ecdsa", "ecdsa-sha2-nistp256", p256.substr(0, 60)));
  EXPECT_FALSE(VerificationKey::read("ecdsa", "ecdsa-sha2-nistp256", std::string(10000, 'A')));
  EXPECT_FALSE(VerificationKey::read("", "", ""));
}

TEST(VerificationKey, IsTheSameHoweverItIsWritten) {
  Pkey key = make_ec("P-256");
  const auto plain = VerificationKey::read("ecdsa", "ecdsa-sha2-nistp256", public_pem(key));
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "compressed"), 1);
  const std::string compressed = public_pem(key);
  const auto other =
      VerificationKey::read("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", compressed);
  ASSERT_TRUE(plain && other);
  EXPECT_EQ(*plain, *other);
  const auto foreign =
      VerificationKey::read("ecdsa", "ecdsa-sha2-nistp256", public_pem(make_ec("P-256")));
  EXPECT_FALSE(*plain == *foreign);
  EXPECT_FALSE(*plain == *VerificationKey::read("ed25519", "ed25519",
                                                SigningKey::generate().public_key().to_hex()));
}

}  // namespace
}  // namespace xsell::sync

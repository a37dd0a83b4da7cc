#include "hq/server/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>

namespace xsell::hq {
namespace {

struct Release {
  void operator()(BIO* pointer) const { BIO_free_all(pointer); }
  void operator()(EVP_PKEY* pointer) const { EVP_PKEY_free(pointer); }
  void operator()(X509* pointer) const { X509_free(pointer); }
  void operator()(X509_EXTENSION* pointer) const { X509_EXTENSION_free(pointer); }
  void operator()(GENERAL_NAMES* pointer) const { GENERAL_NAMES_free(pointer); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

void require(bool is_ok, const char* what) {
  if (is_ok) return;
  char text[256] = {};
  ERR_error_string_n(ERR_get_error(), text, sizeof(text));
  ERR_clear_error();
  throw std::runtime_error(std::string("certificate: ") + what + ": " + text);
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Owned<X509> read_certificate(std::string_view pem) {
  const Owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(in != nullptr, "no memory");
  Owned<X509> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  require(certificate != nullptr, "cannot read it");
  return certificate;
}

Owned<EVP_PKEY> read_key(std::string_view pem) {
  const Owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(in != nullptr, "no memory");
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  require(key != nullptr, "cannot read the key");
  return key;
}

void set_time(ASN1_TIME* field, std::int64_t time_s) {
  require(ASN1_TIME_set(field, static_cast<std::time_t>(time_s)) != nullptr, "time");
}

Owned<X509> blank_certificate(const std::string& name, Validity validity, EVP_PKEY* key) {
  Owned<X509> certificate(X509_new());
  require(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "version");
  unsigned char serial[16];
  require(RAND_bytes(serial, sizeof(serial)) == 1, "randomness");
  serial[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(serial, sizeof(serial), nullptr);
  const bool has_serial =
      number != nullptr &&
      BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get())) != nullptr;
  BN_free(number);
  require(has_serial, "serial number");
  set_time(X509_getm_notBefore(certificate.get()), validity.from_s);
  set_time(X509_getm_notAfter(certificate.get()), validity.until_s);
  require(X509_set_pubkey(certificate.get(), key) == 1, "public key");
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0) == 1,
          "subject");
  return certificate;
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

// Built as structures, not from a string, so that an odd address cannot turn into another
// extension.
void add_addresses(X509* certificate, const std::vector<std::string>& addresses) {
  const Owned<GENERAL_NAMES> names(GENERAL_NAMES_new());
  require(names != nullptr, "no memory");
  for (const std::string& address : addresses) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    require(name != nullptr && sk_GENERAL_NAME_push(names.get(), name) > 0, "no memory");
    unsigned char bytes[16];
    const int size = inet_pton(AF_INET, address.c_str(), bytes) == 1    ? 4
                     : inet_pton(AF_INET6, address.c_str(), bytes) == 1 ? 16
                                                                        : 0;
    if (size > 0) {
      ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
      require(value != nullptr && ASN1_OCTET_STRING_set(value, bytes, size) == 1, "address");
      GENERAL_NAME_set0_value(name, GEN_IPADD, value);
    } else {
      ASN1_IA5STRING* value = ASN1_IA5STRING_new();
      require(value != nullptr &&
                  ASN1_STRING_set(value, address.data(), static_cast<int>(address.size())) == 1,
              "name");
      GENERAL_NAME_set0_value(name, GEN_DNS, value);
    }
  }
  require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1,
          "alternative names");
}

Certificate finish(X509* certificate, EVP_PKEY* own_key, EVP_PKEY* signing_key) {
  require(X509_sign(certificate, signing_key, EVP_sha256()) > 0, "signing");
  const Owned<BIO> certificate_out(BIO_new(BIO_s_mem()));
  const Owned<BIO> key_out(BIO_new(BIO_s_mem()));
  require(certificate_out && PEM_write_bio_X509(certificate_out.get(), certificate) == 1,
          "writing");
  require(key_out && PEM_write_bio_PKCS8PrivateKey(key_out.get(), own_key, nullptr, nullptr, 0,
                                                   nullptr, nullptr) == 1,
          "writing the key");
  return {text_of(certificate_out.get()), text_of(key_out.get())};
}

}  // namespace

Certificate make_authority(const std::string& name, Validity validity) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  const Owned<X509> certificate = blank_certificate(name, validity, key.get());
  require(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1,
          "issuer");
  add_extension(certificate.get(), certificate.get(), NID_basic_constraints,
                "critical,CA:TRUE,pathlen:0");
  add_extension(certificate.get(), certificate.get(), NID_key_usage,
                "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  return finish(certificate.get(), key.get(), key.get());
}

Certificate make_server_certificate(const Certificate& authority,
                                    const std::vector<std::string>& addresses, Validity validity) {
  const Owned<X509> issuer = read_certificate(authority.certificate_pem);
  const Owned<EVP_PKEY> issuer_key = read_key(authority.key_pem);
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  const Owned<X509> certificate = blank_certificate("xsell HQ server", validity, key.get());
  require(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) == 1,
          "issuer");
  add_extension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), issuer.get(), NID_subject_key_identifier, "hash");
  add_extension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  add_addresses(certificate.get(), addresses);
  return finish(certificate.get(), key.get(), issuer_key.get());
}

std::string certificate_sha256(std::string_view certificate_pem) {
  const Owned<X509> certificate = read_certificate(certificate_pem);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  require(X509_digest(certificate.get(), EVP_sha256(), digest, &size) == 1, "digest");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::int64_t certificate_expires_at_s(std::string_view certificate_pem) {
  const Owned<X509> certificate = read_certificate(certificate_pem);
  std::tm time{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) == 1, "expiry");
  return static_cast<std::int64_t>(timegm(&time));
}

}  // namespace xsell::hq

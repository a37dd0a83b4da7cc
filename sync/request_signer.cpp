#include "sync/request_signer.h"

#include "sync/base64.h"
#include "sync/sha256.h"
#include "sync/signing_key.h"

namespace xsell::sync {
namespace {

std::string signed_text(std::string_view path, std::string_view device, std::string_view body) {
  std::string text = "POST\n";
  text += path;
  text += '\n';
  text += device;
  text += '\n';
  return text + sha256_hex(body);
}

}  // namespace

struct RequestSigner::Key {
  SigningKey key;
};

RequestSigner::RequestSigner(std::string device, std::string_view private_key_pem)
    : device_(std::move(device)),
      key_(std::make_unique<Key>(Key{SigningKey::from_pem(private_key_pem)})) {}

RequestSigner::~RequestSigner() = default;
RequestSigner::RequestSigner(RequestSigner&&) noexcept = default;

std::string RequestSigner::sign_post(std::string_view path, std::string_view body) const {
  const Signature signature = key_->key.sign(signed_text(path, device_, body));
  return to_base64({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

bool is_post_signature_valid(std::string_view public_key, std::string_view path,
                             std::string_view device, std::string_view body,
                             std::string_view signature_base64) {
  const auto key = PublicKey::from_raw(public_key);
  const auto signature = from_base64(signature_base64);
  return key && signature && key->verify(signed_text(path, device, body), *signature);
}

}  // namespace xsell::sync

// The lane key's signature on a POST: over "POST\n<path>\n<device>\n<SHA-256 of the body in hex>".
#ifndef XSELL_SYNC_REQUEST_SIGNER_H_
#define XSELL_SYNC_REQUEST_SIGNER_H_

#include <memory>
#include <string>
#include <string_view>

namespace xsell::sync {

inline constexpr std::string_view kSignatureHeader = "X-Xsell-Signature";

class RequestSigner {
 public:
  // Fails: throws std::runtime_error when the PEM holds no Ed25519 private key.
  RequestSigner(std::string device, std::string_view private_key_pem);
  ~RequestSigner();
  RequestSigner(RequestSigner&&) noexcept;

  // The header's value, base64.
  std::string sign_post(std::string_view path, std::string_view body) const;
  const std::string& device() const { return device_; }

 private:
  struct Key;
  std::string device_;
  std::unique_ptr<Key> key_;
};

// HQ's side: public_key is the 32 raw bytes that enrolment registered.
bool is_post_signature_valid(std::string_view public_key, std::string_view path,
                             std::string_view device, std::string_view body,
                             std::string_view signature_base64);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_REQUEST_SIGNER_H_

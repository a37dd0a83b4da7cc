// The one-time token that store staff type or paste to enrol a lane: "xsell1." and base64url of a
// JSON object.
#ifndef XSELL_SYNC_ENROLMENT_TOKEN_H_
#define XSELL_SYNC_ENROLMENT_TOKEN_H_

#include <string>
#include <string_view>

namespace xsell::sync {

struct EnrolmentToken {
  std::string url;
  std::string ca_sha256;    // hex, of the CA certificate's DER
  std::string root_sha256;  // hex, of the root metadata's bytes
  std::string secret;
  std::string store;
  std::string lane;
};

std::string encode_token(const EnrolmentToken& token);

// White space around and within is ignored, since tokens get pasted over line ends.
// Fails: throws std::runtime_error that says what is wrong with it.
EnrolmentToken decode_token(std::string_view text);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_ENROLMENT_TOKEN_H_

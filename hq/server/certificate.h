// Makes and reads the X.509 certificates of HQ's server: an authority of its own, and server
// certificates that it signs. Fails: throws std::runtime_error. Units: seconds since 1970, UTC.
#ifndef XSELL_HQ_SERVER_CERTIFICATE_H_
#define XSELL_HQ_SERVER_CERTIFICATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::hq {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;  // EC P-256, PKCS#8
};

struct Validity {
  std::int64_t from_s = 0;
  std::int64_t until_s = 0;
};

Certificate make_authority(const std::string& name, Validity validity);

// `addresses`: host names and IP addresses, each as a subject alternative name.
Certificate make_server_certificate(const Certificate& authority,
                                    const std::vector<std::string>& addresses, Validity validity);

// Lower-case hex SHA-256 of the DER form.
std::string certificate_sha256(std::string_view certificate_pem);
std::int64_t certificate_expires_at_s(std::string_view certificate_pem);

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_CERTIFICATE_H_

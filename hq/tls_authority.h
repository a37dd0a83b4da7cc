// HQ's own certificate authority and its server certificate, in the folder's tls/: made by init,
// renewed by serve. The authority's certificate is what every lane pins; losing its key means
// enrolling every lane again. Fails: throws Refused with the path and the mend.
#ifndef XSELL_HQ_TLS_AUTHORITY_H_
#define XSELL_HQ_TLS_AUTHORITY_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "hq/hq_folder.h"
#include "hq/server/certificate.h"

namespace xsell::hq {

class TlsAuthority {
 public:
  explicit TlsAuthority(const HqFolder& folder) : folder_(folder.tls()) {}

  // localhost, 127.0.0.1, ::1 and this machine's name.
  static std::vector<std::string> default_addresses();

  bool exists() const;

  // Makes the authority and a server certificate for these addresses. Requires: !exists().
  void create(const std::vector<std::string>& addresses, std::int64_t now_s);

  // A new server certificate, from the same authority, for the addresses given.
  void issue(const std::vector<std::string>& addresses, std::int64_t now_s);

  // Of the same authority, for another server. Not kept here.
  Certificate certificate_for(const std::vector<std::string>& addresses, std::int64_t now_s,
                              std::int64_t until_s) const;

  // Issues anew when less than a third of the certificate's time is left. True when it did.
  bool renew_if_due(std::int64_t now_s);

  std::vector<std::string> addresses() const;  // those of the server certificate
  std::string ca_pem() const;
  std::string ca_sha256() const;
  std::string chain_pem()
      const;  // the server certificate, then the authority: enrolment needs to see both
  std::string key_pem() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_TLS_AUTHORITY_H_

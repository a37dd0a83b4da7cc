// What enrolment gives a lane, kept as identity.json in its data folder. It holds the lane's
// private key.
#ifndef XSELL_SYNC_IDENTITY_H_
#define XSELL_SYNC_IDENTITY_H_

#include <string>
#include <string_view>

#include "sync/hq_endpoint.h"

namespace xsell::sync {

struct Identity {
  std::string device;  // HQ's name for this enrolment
  std::string hq_url;
  std::string ca_pem;        // the authority whose hash the token carried
  std::string lane_key_pem;  // Ed25519, PKCS#8
  std::string bearer;
  std::string root_json;  // the exact bytes whose hash the token carried
  std::string store;
  std::string lane;
};

// JSON, schema "xsell.identity/1".
std::string to_json(const Identity& identity);

// Fails: throws std::runtime_error that names the field.
Identity parse_identity(std::string_view json);

HqEndpoint endpoint_of(const Identity& identity);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_IDENTITY_H_

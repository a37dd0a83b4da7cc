// Turns a one-time token into an identity: makes the lane's key here, has HQ register its public
// half. HQ must present a chain that holds the very CA whose hash the token carries; the root that
// it answers with must have the token's hash. Nothing that the network says is believed beyond
// that.
#ifndef XSELL_SYNC_ENROLMENT_H_
#define XSELL_SYNC_ENROLMENT_H_

#include <string>
#include <string_view>

#include "sync/identity.h"
#include "sync/net_error.h"

namespace xsell::sync {

struct EnrolmentOptions {
  std::string name_servers;  // see HqEndpoint
};

struct EnrolmentResult {
  NetError error = NetError::kNone;
  std::string reason;  // for people: what is wrong and what to do
  Identity identity;   // when there is no error

  bool is_ok() const { return reason.empty(); }
};

// Blocks for at most half a minute. Fails: no exception.
EnrolmentResult enroll(std::string_view token, const EnrolmentOptions& options = {});

}  // namespace xsell::sync

#endif  // XSELL_SYNC_ENROLMENT_H_

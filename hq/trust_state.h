#ifndef XSELL_HQ_TRUST_STATE_H_
#define XSELL_HQ_TRUST_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hq/hq_folder.h"

namespace xsell::hq {

// Who signs what at this HQ, until when, and which of the keys are here.
struct TrustState {
  struct KeyState {
    std::string id;
    enum class Place { kHere, kHereEncrypted, kElsewhere } place = Place::kElsewhere;
  };
  struct RoleState {
    std::string role;
    std::uint32_t threshold = 1;
    std::vector<KeyState> keys;
    std::uint64_t version = 0;  // 0: no document yet
    std::optional<std::int64_t> expires_s;
  };
  std::vector<RoleState> roles;
  std::uint64_t root_version = 0;
  // What has to be done soon, each with the command that does it; empty when all is well.
  std::vector<std::string> warnings;
};

// Reads files only. Fails: Refused, std::runtime_error.
TrustState read_trust_state(const HqFolder& folder, std::int64_t now_s);

}  // namespace xsell::hq

#endif  // XSELL_HQ_TRUST_STATE_H_

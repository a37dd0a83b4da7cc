#ifndef XSELL_HQ_COMMANDS_KEY_CEREMONY_H_
#define XSELL_HQ_COMMANDS_KEY_CEREMONY_H_

#include <cstdint>
#include <string>

#include "hq/trust_state.h"

namespace xsell::hq {

// The checklist for the people who make, change or renew the offline keys, to be printed and
// signed: what is in force now, then each step with its command and a box to tick.
std::string key_ceremony(const TrustState& state, std::int64_t now_s);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_KEY_CEREMONY_H_

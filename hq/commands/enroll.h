#ifndef XSELL_HQ_COMMANDS_ENROLL_H_
#define XSELL_HQ_COMMANDS_ENROLL_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// enroll and revoke.
void register_enroll(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_ENROLL_H_

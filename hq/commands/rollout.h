#ifndef XSELL_HQ_COMMANDS_ROLLOUT_H_
#define XSELL_HQ_COMMANDS_ROLLOUT_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// The command `rollout`: start, advance, hold, resume, status, check.
void register_rollout(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_ROLLOUT_H_

#ifndef XSELL_HQ_COMMANDS_APPROVAL_H_
#define XSELL_HQ_COMMANDS_APPROVAL_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// What waits for several people's signatures: approval show, export, sign, add and cancel.
void register_approval(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_APPROVAL_H_

#ifndef XSELL_HQ_COMMANDS_CONTROL_H_
#define XSELL_HQ_COMMANDS_CONTROL_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// The kill switch: control disable, enable and list.
void register_control(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_CONTROL_H_

#ifndef XSELL_HQ_COMMANDS_MINE_H_
#define XSELL_HQ_COMMANDS_MINE_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_mine(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_MINE_H_

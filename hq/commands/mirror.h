#ifndef XSELL_HQ_COMMANDS_MIRROR_H_
#define XSELL_HQ_COMMANDS_MIRROR_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_mirror(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_MIRROR_H_

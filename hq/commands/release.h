#ifndef XSELL_HQ_COMMANDS_RELEASE_H_
#define XSELL_HQ_COMMANDS_RELEASE_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// What is done with releases that are out: release list, export and timestamp.
void register_release(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_RELEASE_H_

#ifndef XSELL_HQ_COMMANDS_KEYS_H_
#define XSELL_HQ_COMMANDS_KEYS_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// Who may sign: keys list, new, seal, change, rotate, renew and ceremony.
void register_keys(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_KEYS_H_

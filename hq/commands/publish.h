#ifndef XSELL_HQ_COMMANDS_PUBLISH_H_
#define XSELL_HQ_COMMANDS_PUBLISH_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// publish and rollback.
void register_publish(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_PUBLISH_H_

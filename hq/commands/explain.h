#ifndef XSELL_HQ_COMMANDS_EXPLAIN_H_
#define XSELL_HQ_COMMANDS_EXPLAIN_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_explain(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_EXPLAIN_H_

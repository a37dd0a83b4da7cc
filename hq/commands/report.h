#ifndef XSELL_HQ_COMMANDS_REPORT_H_
#define XSELL_HQ_COMMANDS_REPORT_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_report(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_REPORT_H_

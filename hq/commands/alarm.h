#ifndef XSELL_HQ_COMMANDS_ALARM_H_
#define XSELL_HQ_COMMANDS_ALARM_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// alarm list, alarm clear
void register_alarm(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_ALARM_H_

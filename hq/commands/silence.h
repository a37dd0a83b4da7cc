#ifndef XSELL_HQ_COMMANDS_SILENCE_H_
#define XSELL_HQ_COMMANDS_SILENCE_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_silence(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_SILENCE_H_

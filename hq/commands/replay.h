#ifndef XSELL_HQ_COMMANDS_REPLAY_H_
#define XSELL_HQ_COMMANDS_REPLAY_H_

#include <string>
#include <vector>

#include "hq/commands/session.h"
#include "hq/replay/gate.h"
#include "hq/rule_files.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// The commands replay and gate.
void register_replay(CLI::App& program, CommandSession& session);

// What publish asks before it signs. Shows what is broken and returns false; with a reason to
// override, leaves an audit row and returns true. `verdict` is for the command's JSON.
bool passes_gate(CommandSession& session, const RuleFiles& files, const std::string& user,
                 const std::string& override_reason, Json& verdict);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_REPLAY_H_

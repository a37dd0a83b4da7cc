#ifndef XSELL_HQ_COMMANDS_REVIEW_H_
#define XSELL_HQ_COMMANDS_REVIEW_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

void register_review(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_REVIEW_H_

#ifndef XSELL_HQ_COMMANDS_EVALUATE_H_
#define XSELL_HQ_COMMANDS_EVALUATE_H_

#include "hq/commands/session.h"

namespace CLI {
class App;
}

namespace xsell::hq {

// xsell-hq evaluate: how well each way of choosing offers would have done on past baskets.
void register_evaluate(CLI::App& program, CommandSession& session);

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_EVALUATE_H_

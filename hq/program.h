// The whole of xsell-hq as a function, so that tests run it in their own process.
#ifndef XSELL_HQ_PROGRAM_H_
#define XSELL_HQ_PROGRAM_H_

#include <string>
#include <vector>

#include "hq/commands/session.h"

namespace xsell::hq {

// `arguments` without the program's name. Returns the exit code; never throws.
int run_program(std::vector<std::string> arguments, Output& output, Environment environment);

}  // namespace xsell::hq

#endif  // XSELL_HQ_PROGRAM_H_

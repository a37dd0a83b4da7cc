// How a command fails: each kind maps to one exit code of xsell-hq.
// Fails: messages name what is wrong and the mend, ready to be shown to a person.
#ifndef XSELL_HQ_ERRORS_H_
#define XSELL_HQ_ERRORS_H_

#include <stdexcept>

namespace xsell::hq {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitNotAllowed = 3,
};

// The work could not be done, or its result is a refusal (a lint with errors, for example).
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The command was given in a way that makes no sense.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The acting user is unknown or lacks the role.
class NotAllowed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_ERRORS_H_

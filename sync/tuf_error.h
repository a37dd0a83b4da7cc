#ifndef XSELL_SYNC_TUF_ERROR_H_
#define XSELL_SYNC_TUF_ERROR_H_

#include <stdexcept>
#include <string>

#include "sync/problem.h"

namespace xsell::sync::tuf {

// Thrown by this namespace's parsers and checks; the client turns it into a value.
class Error : public std::runtime_error {
 public:
  Error(Problem problem, const std::string& detail)
      : std::runtime_error(detail), failure_{problem, NetError::kNone, detail} {}
  explicit Error(const Failure& failure) : std::runtime_error(failure.detail), failure_(failure) {}
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

}  // namespace xsell::sync::tuf

#endif  // XSELL_SYNC_TUF_ERROR_H_

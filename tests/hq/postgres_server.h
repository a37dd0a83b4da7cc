#ifndef XSELL_TESTS_HQ_POSTGRES_SERVER_H_
#define XSELL_TESTS_HQ_POSTGRES_SERVER_H_

#include <string>
#include <vector>

#include "tests/integration/child_process.h"

namespace xsell::tests {

// A PostgreSQL of its own in a folder of its own, on a unix socket only. It refuses to run as root:
// then it runs as the user that Debian's package made.
class PostgresServer {
 public:
  static bool is_installed();

  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  bool is_running() const { return is_running_; }
  const std::string& problem() const { return problem_; }
  // Where its user can read files.
  const std::string& folder() const { return folder_; }

  ProgramResult psql(const std::vector<std::string>& arguments) const;

 private:
  ProgramResult run(const std::string& program, const std::vector<std::string>& arguments) const;

  std::string folder_;
  std::string problem_;
  bool is_running_ = false;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_HQ_POSTGRES_SERVER_H_

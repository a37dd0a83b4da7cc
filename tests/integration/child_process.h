#ifndef XSELL_TESTS_INTEGRATION_CHILD_PROCESS_H_
#define XSELL_TESTS_INTEGRATION_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace xsell::tests {

using Environment = std::vector<std::string>;  // NAME=value, on top of this process's

struct ProgramResult {
  int code = -1;
  std::string out;
  std::string err;
};

// Runs a program to its end.
ProgramResult run_program(const std::vector<std::string>& arguments,
                          const Environment& environment = {});

// A program that goes on in the background; killed with the object.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& arguments, const std::string& log_file,
               const Environment& environment = {});
  ~ChildProcess() { kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void kill();  // SIGKILL, and waits until it is gone
  pid_t process() const { return process_; }
  int end();   // SIGTERM, then as wait()
  int wait();  // until it has ended by itself; its exit code, or -1

 private:
  pid_t process_ = -1;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_INTEGRATION_CHILD_PROCESS_H_

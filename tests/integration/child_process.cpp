#include "tests/integration/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/offline_cache/temporary_folder.h"

extern char** environ;

namespace xsell::tests {
namespace {

pid_t spawn(const std::vector<std::string>& arguments, const std::string& out_file,
            const std::string& err_file, const Environment& environment) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> env;
  for (const std::string& variable : environment)
    env.push_back(const_cast<char*>(variable.c_str()));
  for (char** variable = environ; *variable; ++variable) env.push_back(*variable);
  env.push_back(nullptr);

  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, out_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  ::posix_spawn_file_actions_addopen(&files, 2, err_file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, argv[0], &files, nullptr, argv.data(), env.data());
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot run " + arguments[0]);
  return process;
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments,
                          const Environment& environment) {
  const TemporaryFolder folder;
  const pid_t process = spawn(arguments, folder.file("out"), folder.file("err"), environment);
  int status = 0;
  ::waitpid(process, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(folder.file("out")),
          read_text(folder.file("err"))};
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::string& log_file,
                           const Environment& environment)
    : process_(spawn(arguments, log_file, log_file, environment)) {}

void ChildProcess::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
}

int ChildProcess::end() {
  if (process_ > 0) ::kill(process_, SIGTERM);
  return wait();
}

int ChildProcess::wait() {
  int status = 0;
  if (process_ < 0 || ::waitpid(process_, &status, 0) < 0) return -1;
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace xsell::tests

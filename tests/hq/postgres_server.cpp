#include "tests/hq/postgres_server.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

namespace xsell::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "postgres";

// /usr/lib/postgresql/15/bin, or empty.
std::string program_folder() {
  std::error_code error;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", error)) {
    if (fs::exists(version.path() / "bin/initdb")) return (version.path() / "bin").string();
  }
  return {};
}

}  // namespace

bool PostgresServer::is_installed() { return !program_folder().empty(); }

PostgresServer::PostgresServer() {
  std::string pattern = "/tmp/xsell-pg-XXXXXX";  // a socket's path may have 107 bytes
  if (::mkdtemp(pattern.data()) == nullptr) {
    problem_ = "mkdtemp";
    return;
  }
  folder_ = pattern;
  if (::geteuid() == 0) {
    const passwd* const user = ::getpwnam(kUser);
    if (user == nullptr || ::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      problem_ = "there is no user postgres";
      return;
    }
  }
  const ProgramResult made =
      run("initdb", {"--pgdata", folder_ + "/data", "--auth", "trust", "--no-sync", "--username",
                     "xsell", "--encoding", "UTF8", "--locale", "C"});
  if (made.code != 0) {
    problem_ = made.out + made.err;
    return;
  }
  const ProgramResult started =
      run("pg_ctl",
          {"--pgdata", folder_ + "/data", "--wait", "--timeout", "60", "--log", folder_ + "/log",
           "--options", "-k " + folder_ + " -c listen_addresses='' -c fsync=off", "start"});
  is_running_ = started.code == 0;
  problem_ = started.out + started.err;
}

PostgresServer::~PostgresServer() {
  if (is_running_) {
    run("pg_ctl", {"--pgdata", folder_ + "/data", "--mode", "immediate", "--wait", "stop"});
  }
  std::error_code error;
  if (!folder_.empty()) fs::remove_all(folder_, error);
}

ProgramResult PostgresServer::psql(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"--no-psqlrc", "--quiet",    "--host",
                                  folder_,       "--username", "xsell",
                                  "--dbname",    "postgres",   "--set=ON_ERROR_STOP=1"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run("psql", all);
}

ProgramResult PostgresServer::run(const std::string& program,
                                  const std::vector<std::string>& arguments) const {
  std::vector<std::string> command;
  if (::geteuid() == 0) command = {"/usr/sbin/runuser", "-u", kUser, "--"};
  command.push_back(program_folder() + "/" + program);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_program(command);
}

}  // namespace xsell::tests

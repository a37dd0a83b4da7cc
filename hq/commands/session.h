// What every command gets: the folder, the database, the acting user, the output and the clock.
// Threads: one. Commands register themselves on the CLI11 app and run inside its callback.
#ifndef XSELL_HQ_COMMANDS_SESSION_H_
#define XSELL_HQ_COMMANDS_SESSION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hq/errors.h"
#include "hq/hq_folder.h"
#include "hq/output.h"
#include "hq/passphrase.h"
#include "hq/signing_keys.h"
#include "hq/store.h"
#include "hq/users.h"

namespace xsell::hq {

// What comes from outside the command line; tests give their own.
struct Environment {
  std::function<std::optional<std::string>(const char* name)> variable;
  std::function<std::int64_t()> now_s;    // UTC
  PassphraseSource::Ask ask_secret = {};  // at a terminal; none: there is no terminal
};

class CommandSession {
 public:
  CommandSession(Output& output, Environment environment)
      : output_(output), environment_(std::move(environment)) {}

  Output& output() { return output_; }
  const Environment& environment() const { return environment_; }
  std::int64_t now_s() const { return environment_.now_s(); }

  // The folder of --folder, else XSELL_HQ_FOLDER, else the default.
  HqFolder folder() const;

  // Opens hq.db on first use. Throws Refused when the folder was never initialised.
  HqStore& store();

  // The user whose token --token-file or XSELL_HQ_TOKEN gives. Throws NotAllowed unless it is known
  // here and holds `role` or one above it. Call it first in every command but init and serve.
  const User& require(Role role);

  PassphraseSource passphrases() const;
  // Opens encrypted files of the keys folder, for those roles only. At a terminal, an empty answer
  // does without the key.
  Unlock unlock(std::vector<std::string> roles) const;

  // For results that are no error but no success either, such as a lint with findings.
  void set_exit_code(int code) { exit_code_ = code; }
  int exit_code() const { return exit_code_; }

  // Bound to the options of the program itself.
  std::string folder_option;
  std::string token_file_option;
  std::string passphrase_file_option;

 private:
  std::string read_token() const;

  Output& output_;
  Environment environment_;
  std::unique_ptr<HqStore> store_;
  std::optional<User> user_;
  int exit_code_ = kExitOk;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_COMMANDS_SESSION_H_

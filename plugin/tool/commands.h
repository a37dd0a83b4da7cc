#ifndef XSELL_PLUGIN_TOOL_COMMANDS_H_
#define XSELL_PLUGIN_TOOL_COMMANDS_H_

#include <ostream>
#include <string>

#include "plugin/configuration.h"

// The commands of `xsell`, the one tool store staff need. Each returns the program's exit code.
namespace xsell::plugin::tool {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,    // refused, or it did not work; the message says why and what to do
  kExitUsage = 2,     // wrong arguments
  kExitNotReady = 3,  // status: the lane does not prompt now
};

struct Context {
  Configuration configuration;
  bool is_json = false;
  std::ostream& out;
  std::ostream& err;
};

int enroll(Context& context, const std::string& token);
int status(Context& context);
int import(Context& context, const std::string& folder);
int unpin(Context& context);
int switch_off(Context& context, bool is_undone);

// Writes the message, as JSON too when asked for; returns kExitFailed.
int fail(Context& context, const std::string& message);

// True while a till's plugin holds the data folder.
bool is_lane_running(const std::string& data_folder);

}  // namespace xsell::plugin::tool

#endif  // XSELL_PLUGIN_TOOL_COMMANDS_H_

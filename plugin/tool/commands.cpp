#include "plugin/tool/commands.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::plugin::tool {

int fail(Context& context, const std::string& message) {
  if (context.is_json) {
    rules::JsonValue json = rules::JsonValue::object();
    json.set("error", rules::JsonValue::of(std::string_view(message)));
    context.out << rules::to_canonical_json(json) << "\n";
  }
  context.err << "xsell: " << message << "\n";
  return kExitFailed;
}

bool is_lane_running(const std::string& data_folder) {
  const int lock = ::open((data_folder + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return false;
  const bool is_held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return is_held;
}

}  // namespace xsell::plugin::tool

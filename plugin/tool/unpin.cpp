#include "offline_cache/data_folder.h"
#include "plugin/files.h"
#include "plugin/tool/commands.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::plugin::tool {

int unpin(Context& context) {
  const std::string& folder = context.configuration.data_folder;
  try {
    // The trust database belongs to the lane, so the lane is asked; one that stands takes it up
    // when it starts.
    offline_cache::write_file_atomically(folder + "/" + kUnpinFile, "");
    const bool is_running = is_lane_running(folder);
    if (context.is_json) {
      rules::JsonValue json = rules::JsonValue::object();
      json.set("is_running", rules::JsonValue::of_boolean(is_running));
      context.out << rules::to_canonical_json(json) << "\n";
    } else {
      context.out << "rule sets that were set aside may be used again, from "
                  << (is_running ? "the next transaction on\n" : "the lane's next start on\n");
    }
    return kExitOk;
  } catch (const std::exception& error) {
    return fail(context, error.what());
  }
}

}  // namespace xsell::plugin::tool

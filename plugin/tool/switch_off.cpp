#include <ctime>

#include "offline_cache/data_folder.h"
#include "plugin/files.h"
#include "plugin/tool/commands.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::plugin::tool {

int switch_off(Context& context, bool is_undone) {
  const std::string path = context.configuration.data_folder + "/" + kOffFile;
  try {
    const bool was_off = offline_cache::file_exists(path);
    if (is_undone) {
      offline_cache::remove_file(path);
    } else if (!was_off) {
      rules::JsonValue json = rules::JsonValue::object();
      json.set("since_s", rules::JsonValue::of(static_cast<int64_t>(std::time(nullptr))));
      offline_cache::write_file_atomically(path, rules::to_canonical_json(json));
    }
    if (context.is_json) {
      rules::JsonValue json = rules::JsonValue::object();
      json.set("is_off", rules::JsonValue::of_boolean(!is_undone));
      json.set("was_off", rules::JsonValue::of_boolean(was_off));
      context.out << rules::to_canonical_json(json) << "\n";
    } else if (is_undone) {
      context.out << (was_off ? "on: the lane prompts again\n"
                              : "on: the lane was not switched off\n");
    } else {
      context.out << "off: the lane shows no prompts until: xsell off --undo\n";
    }
    return kExitOk;
  } catch (const std::exception& error) {
    return fail(context, error.what());
  }
}

}  // namespace xsell::plugin::tool

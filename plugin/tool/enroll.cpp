#include "sync/enrolment.h"

#include "offline_cache/data_folder.h"
#include "plugin/files.h"
#include "plugin/tool/commands.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"

#include <sys/stat.h>

namespace xsell::plugin::tool {
namespace {

// Proves before the token is spent that its fruit can be kept.
void check_writable(const std::string& folder) {
  if (!offline_cache::file_exists(folder)) {
    const offline_cache::DataFolder made(folder);
    return;
  }
  offline_cache::write_file_atomically(folder + "/enrolment-probe", "");
  offline_cache::remove_file(folder + "/enrolment-probe");
}

}  // namespace

int enroll(Context& context, const std::string& token) {
  const std::string& folder = context.configuration.data_folder;
  try {
    check_writable(folder);
    const sync::EnrolmentResult result = sync::enroll(token);
    if (!result.is_ok()) return fail(context, result.reason);
    offline_cache::write_file_atomically(folder + "/" + kIdentityFile,
                                         sync::to_json(result.identity));
    const sync::Identity& identity = result.identity;
    if (context.is_json) {
      rules::JsonValue json = rules::JsonValue::object();
      json.set("device", rules::JsonValue::of(std::string_view(identity.device)));
      json.set("hq", rules::JsonValue::of(std::string_view(identity.hq_url)));
      json.set("store", rules::JsonValue::of(std::string_view(identity.store)));
      json.set("lane", rules::JsonValue::of(std::string_view(identity.lane)));
      context.out << rules::to_canonical_json(json) << "\n";
    } else {
      context.out << "enrolled at " << identity.hq_url << " as store " << identity.store
                  << ", lane " << identity.lane << " (" << identity.device << ")\n";
    }
    return kExitOk;
  } catch (const std::exception& error) {
    return fail(context, error.what());
  }
}

}  // namespace xsell::plugin::tool

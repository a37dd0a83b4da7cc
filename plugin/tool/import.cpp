#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <thread>

#include "offline_cache/data_folder.h"
#include "plugin/files.h"
#include "plugin/release_import.h"
#include "plugin/tool/commands.h"
#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/identity.h"

namespace xsell::plugin::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLongestWait{60};
constexpr std::chrono::milliseconds kLook{50};
constexpr size_t kMaxResultBytes = 64 * 1024;

int report(Context& context, bool is_new, int64_t version, const std::string& failure) {
  if (!failure.empty()) return fail(context, "the release was not accepted: " + failure);
  if (context.is_json) {
    rules::JsonValue json = rules::JsonValue::object();
    json.set("is_new", rules::JsonValue::of_boolean(is_new));
    json.set("version", rules::JsonValue::of(version));
    context.out << rules::to_canonical_json(json) << "\n";
  } else if (is_new) {
    context.out << "rule set " << version << " is in; it is used from the next transaction on\n";
  } else {
    context.out << "nothing new: the lane has rule set " << version << " already\n";
  }
  return kExitOk;
}

// The lane's process may not be allowed to read where the release lies, so it gets a copy, whole at
// once.
int hand_to_lane(Context& context, const std::string& folder) {
  const std::string& data = context.configuration.data_folder;
  const std::string part = data + "/import.part-" + std::to_string(::getpid());
  const std::string result_file = data + "/" + kImportResultFile;
  fs::remove_all(part);
  fs::create_directory(part);
  fs::copy(fs::path(folder) / "v1", fs::path(part) / "v1", fs::copy_options::recursive);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(part)) {
    fs::permissions(entry.path(),
                    fs::perms::group_read | fs::perms::group_write |
                        (entry.is_directory() ? fs::perms::group_exec : fs::perms::none),
                    fs::perm_options::add);
  }
  fs::permissions(part, fs::perms::group_all, fs::perm_options::add);
  offline_cache::remove_file(result_file);
  fs::rename(part, data + "/" + kImportFolder);

  const auto end = std::chrono::steady_clock::now() + kLongestWait;
  while (std::chrono::steady_clock::now() < end) {
    if (const auto text = offline_cache::read_file(result_file, kMaxResultBytes)) {
      const rules::JsonDocument document = rules::read_json(*text);
      const rules::JsonValue* is_new = document.value.find("is_new");
      const rules::JsonValue* version = document.value.find("version");
      const rules::JsonValue* failure = document.value.find("failure");
      if (!is_new || !version || !failure)
        return fail(context, result_file + ": damaged; try again");
      return report(context, is_new->boolean, version->integer, failure->text);
    }
    std::this_thread::sleep_for(kLook);
  }
  return fail(context, "the running lane did not take the release within a minute; is it stopped?");
}

int import_myself(Context& context, const std::string& folder) {
  const offline_cache::DataFolder data(context.configuration.data_folder);
  const auto text = offline_cache::read_file(data.file(kIdentityFile), kMaxIdentityBytes);
  if (!text)
    return fail(context, data.path() + ": this lane is not enrolled; run: xsell enroll TOKEN");
  LogQueue log;
  const sync::Identity identity = sync::parse_identity(*text);
  ReleaseShelf shelf(data, identity, log);
  rules::LaneScope scope;
  scope.business_unit =
      context.configuration.store.empty() ? identity.store : context.configuration.store;
  const Moment now{.utc_s = static_cast<int64_t>(std::time(nullptr))};
  // Loading tells which version is here; it must not count as a start of the lane.
  shelf.load_newest(scope, now);
  shelf.end_use();
  const Imported imported = import_release(shelf, folder, scope, now);
  return report(context, imported.rules != nullptr, static_cast<int64_t>(imported.version),
                imported.failure);
}

}  // namespace

int import(Context& context, const std::string& folder) {
  try {
    if (!fs::is_directory(fs::path(folder) / "v1" / "tuf")) {
      return fail(context, folder +
                               ": holds no release (no folder v1/tuf); name the folder that "
                               "xsell-hq export wrote");
    }
    return is_lane_running(context.configuration.data_folder) ? hand_to_lane(context, folder)
                                                              : import_myself(context, folder);
  } catch (const std::exception& error) {
    return fail(context, error.what());
  }
}

}  // namespace xsell::plugin::tool

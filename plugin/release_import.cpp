#include "plugin/release_import.h"

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/folder_fetcher.h"

namespace xsell::plugin {

Imported import_release(ReleaseShelf& shelf, const std::string& folder,
                        const rules::LaneScope& scope, const Moment& now,
                        std::function<void()> on_kill) {
  sync::FolderFetcher fetcher(folder);
  ReleaseShelf::Update update = shelf.update({.fetcher = fetcher,
                                              .source = ReleaseOrigin::kFolder,
                                              .now = now,
                                              .on_kill = std::move(on_kill)},
                                             scope);
  Imported imported;
  imported.rules = std::move(update.rules);
  imported.version = shelf.version();
  if (update.failure.failed()) {
    imported.failure = std::string(update.failure.name()) + ": " + update.failure.detail;
  }
  return imported;
}

std::string to_json(const Imported& imported) {
  rules::JsonValue json = rules::JsonValue::object();
  json.set("is_new", rules::JsonValue::of_boolean(imported.rules != nullptr));
  json.set("version", rules::JsonValue::of(static_cast<int64_t>(imported.version)));
  json.set("failure", rules::JsonValue::of(std::string_view(imported.failure)));
  return rules::to_canonical_json(json);
}

}  // namespace xsell::plugin

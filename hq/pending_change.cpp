#include "hq/pending_change.h"

#include <fmt/format.h>

#include <filesystem>

#include "hq/errors.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

std::filesystem::path pending_file(const HqFolder& folder) {
  return folder.path() / "pending.json";
}

Json to_json(const ReleaseEntry& release) {
  Json json = {{"version", release.version},
               {"published_by", release.published_by},
               {"state_hash", release.state_hash},
               {"bundle_sha256", release.bundle_sha256},
               {"spread_s", release.spread_s},
               {"line_count", release.line_count},
               {"note", release.note}};
  if (release.restores) json["restores"] = *release.restores;
  return json;
}

ReleaseEntry release_from_json(const Json& json) {
  ReleaseEntry release;
  release.version = json.at("version");
  release.published_by = json.at("published_by");
  release.state_hash = json.at("state_hash");
  release.bundle_sha256 = json.at("bundle_sha256");
  release.spread_s = json.at("spread_s");
  release.line_count = json.at("line_count");
  release.note = json.at("note");
  if (json.contains("restores")) release.restores = json.at("restores").get<std::uint64_t>();
  return release;
}

}  // namespace

Json draft_to_json(const sync::tuf::Draft& draft) {
  Json json = Json::object();
  for (const auto& [role, document] : draft) json[role] = document;
  return json;
}

sync::tuf::Draft draft_from_json(const Json& json) {
  sync::tuf::Draft draft;
  for (const auto& [role, document] : json.items()) draft[role] = document.get<std::string>();
  return draft;
}

std::optional<PendingChange> load_pending(const HqFolder& folder) {
  const std::filesystem::path file = pending_file(folder);
  if (!std::filesystem::exists(file)) return std::nullopt;
  try {
    const Json json = Json::parse(sync::read_whole_file(file));
    PendingChange change;
    change.draft = draft_from_json(json.at("documents"));
    change.action = json.at("action");
    change.purpose = json.at("purpose");
    change.drafted_by = json.at("drafted_by");
    change.drafted_at_s = json.at("drafted_at");
    change.audit_detail = json.at("audit_detail");
    if (json.contains("release")) change.release = release_from_json(json.at("release"));
    return change;
  } catch (const Json::exception& error) {
    throw Refused(fmt::format("{} is damaged ({}): remove it and begin the change anew",
                              file.string(), error.what()));
  }
}

void save_pending(const HqFolder& folder, const PendingChange& change) {
  Json json = {{"action", change.action},
               {"purpose", change.purpose},
               {"drafted_by", change.drafted_by},
               {"drafted_at", change.drafted_at_s},
               {"audit_detail", change.audit_detail},
               {"documents", draft_to_json(change.draft)}};
  if (change.release) json["release"] = to_json(*change.release);
  sync::write_whole_file(pending_file(folder), json.dump(1), std::filesystem::perms(0600));
}

void remove_pending(const HqFolder& folder) { std::filesystem::remove(pending_file(folder)); }

void require_none_pending(const HqFolder& folder) {
  if (const auto change = load_pending(folder)) {
    throw Refused(
        fmt::format("{} waits for approvals: see 'xsell-hq approval show', or drop it with "
                    "'xsell-hq approval cancel'",
                    change->purpose));
  }
}

}  // namespace xsell::hq

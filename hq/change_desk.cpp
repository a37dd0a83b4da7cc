#include "hq/change_desk.h"

#include <fmt/format.h>

#include "hq/audit.h"
#include "hq/errors.h"
#include "hq/signing_keys.h"

namespace xsell::hq {

namespace tuf = sync::tuf;

namespace {

constexpr std::string_view kTargetsFloor = "targets_version_floor";

}  // namespace

ChangeDesk::ChangeDesk(HqStore& store, HqFolder folder, const tuf::RepositoryKeys& keys)
    : store_(store), folder_(std::move(folder)), repository_(folder_.tree(), keys) {
  if (const auto version = store_.setting(kTargetsFloor)) {
    repository_.skip_targets_versions(std::stoull(*version));
  }
}

void ChangeDesk::skip_targets_versions(std::uint64_t up_to) {
  store_.set_setting(kTargetsFloor, std::to_string(up_to));
  repository_.skip_targets_versions(up_to);
}

ChangeOutcome ChangeDesk::submit(PendingChange change, std::int64_t now_s) {
  require_none_pending(folder_);
  repository_.sign(change.draft);
  change.drafted_at_s = now_s;
  if (!tuf::is_signed(change.draft, repository_.present())) {
    Json detail = change.audit_detail;
    detail["draft"] = tuf::draft_id(change.draft);
    Audit(store_).record(now_s, change.drafted_by, change.action + " drafted", detail);
  }
  return apply_or_keep(change, now_s);
}

ChangeOutcome ChangeDesk::approve(const std::vector<Approval>& approvals, std::string_view user,
                                  std::int64_t now_s) {
  auto change = load_pending(folder_);
  if (!change) throw Refused("nothing waits for approvals");
  const tuf::PresentState present = repository_.present();
  for (const Approval& approval : approvals) {
    tuf::add_signature(change->draft, approval.role, approval.signature, present);
  }
  offline_cache::Transaction transaction(store_.database());
  for (const Approval& approval : approvals) {
    Audit(store_).record(now_s, user, "approval",
                         {{"purpose", change->purpose},
                          {"draft", tuf::draft_id(change->draft)},
                          {"role", approval.role},
                          {"key", approval.signature.key_id}});
  }
  transaction.commit();
  return apply_or_keep(*change, now_s);
}

void ChangeDesk::cancel(std::string_view user, std::int64_t now_s) {
  const auto change = load_pending(folder_);
  if (!change) throw Refused("nothing waits for approvals");
  if (const auto targets = change->draft.find("targets"); targets != change->draft.end()) {
    skip_targets_versions(tuf::parse_targets(targets->second).version);
  }
  Audit(store_).record(now_s, user, change->action + " cancelled",
                       {{"purpose", change->purpose}, {"draft", tuf::draft_id(change->draft)}});
  remove_pending(folder_);
}

ChangeOutcome ChangeDesk::apply_or_keep(const PendingChange& change, std::int64_t now_s) {
  const tuf::PresentState present = repository_.present();
  if (!tuf::is_signed(change.draft, present)) {
    save_pending(folder_, change);
    return {.versions = std::nullopt, .needed = needed_signatures(change.draft, present)};
  }
  // Committed only when the files are out, so that a failed attempt leaves no entry.
  offline_cache::Transaction transaction(store_.database());
  if (change.release) {
    ReleaseEntry release = *change.release;
    release.published_at_s = now_s;
    ReleaseLog(store_).add(release);
  }
  Audit(store_).record(now_s, change.drafted_by, change.action, change.audit_detail);
  const tuf::PublishedVersions versions = repository_.apply(change.draft, now_s);
  transaction.commit();
  remove_pending(folder_);
  return {.versions = versions, .needed = {}};
}

std::string describe(const std::vector<tuf::NeededSignatures>& needed) {
  std::string text;
  for (const tuf::NeededSignatures& one : needed) {
    if (one.is_met()) continue;
    text += fmt::format("{}{} has {} of {} signatures by {}", text.empty() ? "" : "; ", one.role,
                        one.count, one.signers.threshold, one.by);
  }
  return text;
}

std::set<std::string> listed_keys(const tuf::PresentState& present) {
  std::set<std::string> listed;
  for (const tuf::RoleKeys* role : {&present.root.root, &present.root.targets,
                                    &present.root.snapshot, &present.root.timestamp}) {
    listed.insert(role->key_ids.begin(), role->key_ids.end());
  }
  for (const tuf::Delegation& delegation : present.targets.delegations) {
    listed.insert(delegation.signers.key_ids.begin(), delegation.signers.key_ids.end());
  }
  return listed;
}

std::vector<std::string> retire_keys(const HqFolder& folder, const std::set<std::string>& before) {
  const tuf::RepositoryKeys no_keys;
  const auto now = listed_keys(tuf::Repository(folder.tree(), no_keys).present());
  std::vector<std::string> retired;
  for (const KeyFile& file : list_key_files(folder.keys())) {
    if (!before.contains(file.key_id) || now.contains(file.key_id)) continue;
    std::filesystem::rename(file.path, file.path.string() + ".retired");
    std::filesystem::remove(public_file_of(file.path));
    retired.push_back(file.path.filename().string() + ".retired");
  }
  return retired;
}

}  // namespace xsell::hq

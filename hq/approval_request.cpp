#include "hq/approval_request.h"

#include <fmt/format.h>

#include <set>

#include "hq/errors.h"
#include "hq/local_time.h"
#include "sync/hex.h"
#include "sync/tuf_metadata.h"

namespace xsell::hq {
namespace {

namespace tuf = sync::tuf;

constexpr const char* kRequestSchema = "xsell.approval-request/1";
constexpr const char* kApprovalSchema = "xsell.approval/1";
constexpr std::size_t kShortId = 12;

// Runs what reads foreign JSON; what is wrong with it becomes one refusal.
template <typename Work>
auto reading(const char* what, Work work) {
  try {
    return work();
  } catch (const Json::exception& error) {
    throw Refused(fmt::format("this is no {}: {}", what, error.what()));
  } catch (const tuf::Error& error) {
    throw Refused(fmt::format("this {} does not hold together: {}", what, error.what()));
  }
}

Json parse_schema(std::string_view text, const char* schema) {
  Json json = Json::parse(text);
  if (json.at("schema") != schema) throw Refused(fmt::format("this file is no {}", schema));
  return json;
}

void add_key_changes(std::vector<std::string>& lines, std::string_view role,
                     const tuf::RoleKeys& before, const tuf::RoleKeys& after) {
  if (before.threshold != after.threshold) {
    lines.push_back(fmt::format("{}: {} instead of {} signatures needed", role, after.threshold,
                                before.threshold));
  }
  for (const std::string& id : after.key_ids) {
    if (!before.key_ids.contains(id)) {
      lines.push_back(fmt::format("{}: key {} may sign from now on", role, id.substr(0, kShortId)));
    }
  }
  for (const std::string& id : before.key_ids) {
    if (!after.key_ids.contains(id)) {
      lines.push_back(fmt::format("{}: key {} may sign no longer", role, id.substr(0, kShortId)));
    }
  }
}

void add_version(std::vector<std::string>& lines, std::string_view role, std::uint64_t before,
                 const tuf::Metadata& after) {
  lines.push_back(fmt::format("{}: version {} after {}, good until {}", role, after.version, before,
                              format_date(after.expires_s)));
}

void add_root_changes(std::vector<std::string>& lines, const tuf::Root& before,
                      const tuf::Root& after) {
  add_version(lines, "root", before.version, after);
  add_key_changes(lines, "root", before.root, after.root);
  add_key_changes(lines, "targets", before.targets, after.targets);
  add_key_changes(lines, "snapshot", before.snapshot, after.snapshot);
  add_key_changes(lines, "timestamp", before.timestamp, after.timestamp);
}

void add_targets_changes(std::vector<std::string>& lines, const tuf::Targets& before,
                         const tuf::Targets& after) {
  add_version(lines, "targets", before.version, after);
  for (const auto& [name, file] : after.files) {
    const auto old = before.files.find(name);
    if (old != before.files.end() && old->second.hashes == file.hashes &&
        old->second.custom == file.custom) {
      continue;
    }
    lines.push_back(fmt::format("targets: adds {}, {} bytes, SHA-256 {}{}", name, file.length,
                                file.hashes.prefix(),
                                file.custom.empty() ? "" : ", " + file.custom));
  }
  for (const auto& [name, file] : before.files) {
    if (!after.files.contains(name)) lines.push_back(fmt::format("targets: takes out {}", name));
  }
  std::set<std::string> roles;
  for (const auto* side : {&before, &after}) {
    for (const tuf::Delegation& delegation : side->delegations) roles.insert(delegation.role);
  }
  const tuf::Delegation none;
  for (const std::string& role : roles) {
    const tuf::Delegation* old = before.find_delegation(role);
    const tuf::Delegation* now = after.find_delegation(role);
    add_key_changes(lines, role, (old ? old : &none)->signers, (now ? now : &none)->signers);
  }
}

}  // namespace

std::string write_request(const PendingChange& change, const std::string& root_document,
                          const std::string& targets_document) {
  const Json json = {{"schema", kRequestSchema},
                     {"purpose", change.purpose},
                     {"drafted_by", change.drafted_by},
                     {"documents", draft_to_json(change.draft)},
                     {"in_force", {{"root", root_document}, {"targets", targets_document}}}};
  return json.dump(1) + "\n";
}

ApprovalRequest read_request(std::string_view text) {
  return reading("approval request", [&] {
    const Json json = parse_schema(text, kRequestSchema);
    ApprovalRequest request;
    request.purpose = json.at("purpose");
    request.drafted_by = json.at("drafted_by");
    request.draft = draft_from_json(json.at("documents"));
    const Json& in_force = json.at("in_force");
    request.present.root = tuf::parse_root(in_force.at("root").get<std::string>());
    request.present.targets = tuf::parse_targets(in_force.at("targets").get<std::string>());
    const tuf::Root& root = request.present.root;
    tuf::require_signatures(root, root.root, "the root in force");
    tuf::require_signatures(request.present.targets, root.targets, "the targets in force");
    needed_signatures(request.draft, request.present);  // every document reads
    return request;
  });
}

std::vector<std::string> describe_changes(const ApprovalRequest& request) {
  std::vector<std::string> lines;
  for (const auto& [role, document] : request.draft) {
    if (role == "root") {
      add_root_changes(lines, request.present.root, tuf::parse_root(document));
    } else if (role == "targets") {
      add_targets_changes(lines, request.present.targets, tuf::parse_targets(document));
    } else {
      const tuf::Targets policy = tuf::parse_targets(document);
      lines.push_back(fmt::format("{}: version {}, good until {}", role, policy.version,
                                  format_date(policy.expires_s)));
      for (const auto& [name, file] : policy.files) {
        lines.push_back(fmt::format("{}: says {}", role, file.custom));
      }
    }
  }
  return lines;
}

std::string sign_request(const ApprovalRequest& request, const sync::SigningKey& key) {
  tuf::Draft signed_draft = request.draft;
  const auto roles = tuf::sign_draft(signed_draft, key, request.present);
  if (roles.empty()) {
    throw Refused(fmt::format("key {} has signed this already, or may not sign it",
                              key.public_key().key_id().substr(0, kShortId)));
  }
  Json signatures = Json::array();
  for (const std::string& role : roles) {
    for (const auto& [key_id, raw] : tuf::read_metadata(role, signed_draft.at(role)).signatures) {
      if (key_id != key.public_key().key_id()) continue;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(raw.data());
      signatures.push_back(
          {{"role", role}, {"keyid", key_id}, {"sig", sync::to_hex(std::span(bytes, raw.size()))}});
    }
  }
  const Json json = {{"schema", kApprovalSchema},
                     {"draft", tuf::draft_id(request.draft)},
                     {"signatures", signatures}};
  return json.dump(1) + "\n";
}

std::vector<ChangeDesk::Approval> read_approval(std::string_view text, const tuf::Draft& draft) {
  return reading("approval", [&] {
    const Json json = parse_schema(text, kApprovalSchema);
    if (json.at("draft") != tuf::draft_id(draft)) {
      throw Refused("this approval is for another change than the one that is pending");
    }
    std::vector<ChangeDesk::Approval> approvals;
    for (const Json& one : json.at("signatures")) {
      approvals.push_back(
          {one.at("role"),
           {one.at("keyid"),
            sync::from_hex(one.at("sig").get<std::string>()).value_or(std::string())}});
    }
    return approvals;
  });
}

}  // namespace xsell::hq

#include "hq/commands/approval.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "hq/approval_request.h"
#include "hq/change_desk.h"
#include "hq/local_time.h"
#include "hq/publish_lock.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;

struct ApprovalOptions {
  std::string file, key_file, out_file;
  std::vector<std::string> files;
};

PendingChange require_pending(const HqFolder& folder) {
  auto change = load_pending(folder);
  if (!change) throw Refused("nothing waits for approvals");
  return std::move(*change);
}

std::string request_text(const HqFolder& folder) {
  const sync::tuf::RepositoryKeys no_keys;
  const sync::tuf::Repository repository(folder.tree(), no_keys);
  return write_request(require_pending(folder), repository.root_bytes(),
                       repository.targets_bytes());
}

void show_changes(Output& output, const ApprovalRequest& request) {
  output.text(fmt::format("{}, drafted by {}:", request.purpose, request.drafted_by));
  for (const std::string& line : describe_changes(request)) output.text("  " + line);
}

void run_show(CommandSession& session) {
  session.require(Role::kViewer);
  const HqFolder folder = session.folder();
  if (!load_pending(folder)) {
    session.output().text("Nothing waits for approvals.");
    session.output().json({{"pending", false}});
    return;
  }
  const ApprovalRequest request = read_request(request_text(folder));
  const auto needed = needed_signatures(request.draft, request.present);
  show_changes(session.output(), request);
  session.output().text(describe(needed));
  session.output().json({{"pending", true},
                         {"purpose", request.purpose},
                         {"drafted_by", request.drafted_by},
                         {"drafted", format_time(require_pending(folder).drafted_at_s)},
                         {"draft", sync::tuf::draft_id(request.draft)},
                         {"changes", describe_changes(request)},
                         {"needed", describe(needed)}});
}

void run_export(CommandSession& session, const ApprovalOptions& options) {
  session.require(Role::kAuthor);
  sync::write_whole_file(options.file, request_text(session.folder()));
  session.output().text(fmt::format(
      "{} can go to the approvers. There: xsell-hq approval sign {} --key KEY.pem --out MINE.json",
      options.file, fs::path(options.file).filename().string()));
  session.output().json({{"file", options.file}});
}

// Needs no HQ folder and no user: the approver's key is what counts.
void run_sign(CommandSession& session, const ApprovalOptions& options) {
  const ApprovalRequest request = read_request(sync::read_whole_file(options.file));
  show_changes(session.output(), request);
  session.output().out().flush();  // to be read before the passphrase is asked for
  const sync::SigningKey key = load_key_file(options.key_file, session.passphrases());
  const std::string approval = sign_request(request, key);
  const std::string id = key.public_key().key_id();
  const std::string out = options.out_file.empty()
                              ? fmt::format("{}.{}.approval", options.file, id.substr(0, 12))
                              : options.out_file;
  sync::write_whole_file(out, approval);
  session.output().text(fmt::format("Signed with key {}.\nBack at HQ: xsell-hq approval add {}",
                                    id.substr(0, 12), fs::path(out).filename().string()));
  session.output().json({{"file", out}, {"key", id}, {"changes", describe_changes(request)}});
}

void run_add(CommandSession& session, const ApprovalOptions& options) {
  const std::string user = session.require(Role::kApprover).name;
  const HqFolder folder = session.folder();
  const PublishLock lock(folder);
  const PendingChange change = require_pending(folder);
  std::vector<ChangeDesk::Approval> approvals;
  for (const std::string& file : options.files) {
    const auto more = read_approval(sync::read_whole_file(file), change.draft);
    approvals.insert(approvals.end(), more.begin(), more.end());
  }
  const sync::tuf::RepositoryKeys keys = load_signing_keys(folder.keys());
  ChangeDesk desk(session.store(), folder, keys);
  const auto before = listed_keys(desk.repository().present());
  const ChangeOutcome outcome = desk.approve(approvals, user, session.now_s());
  Json json = {{"purpose", change.purpose}, {"pending", !outcome.versions.has_value()}};
  if (outcome.versions) {
    session.output().text(fmt::format("{} is approved and in force.", change.purpose));
    json["timestamp_version"] = outcome.versions->timestamp;
    json["retired"] = retire_keys(folder, before);
  } else {
    session.output().text(
        fmt::format("{} still waits: {}.", change.purpose, describe(outcome.needed)));
    json["needed"] = describe(outcome.needed);
  }
  session.output().json(json);
}

void run_cancel(CommandSession& session) {
  const std::string user = session.require(Role::kApprover).name;
  const HqFolder folder = session.folder();
  const PublishLock lock(folder);
  const PendingChange change = require_pending(folder);
  const sync::tuf::RepositoryKeys no_keys;
  ChangeDesk(session.store(), folder, no_keys).cancel(user, session.now_s());
  session.output().text(fmt::format("{} is dropped.", change.purpose));
  session.output().json({{"cancelled", change.purpose}});
}

}  // namespace

void register_approval(CLI::App& program, CommandSession& session) {
  CLI::App* approval = program.add_subcommand(
      "approval", "Releases and key changes that need several people's signatures.");
  approval->require_subcommand(1);
  auto options = std::make_shared<ApprovalOptions>();

  CLI::App* show = approval->add_subcommand("show", "What waits, what it changes, who is missing.");
  show->callback([&session] { run_show(session); });

  CLI::App* export_command = approval->add_subcommand(
      "export", "Write the request that approvers sign on their own machines (needs author).");
  export_command->add_option("FILE", options->file)->required();
  export_command->callback([&session, options] { run_export(session, *options); });

  CLI::App* sign = approval->add_subcommand(
      "sign",
      "Show what a request changes and sign it with a key of your own. Needs no HQ folder and no "
      "user.");
  sign->add_option("FILE", options->file, "The request")->required();
  sign->add_option("--key", options->key_file, "Your key file, SOMETHING.pem")->required();
  sign->add_option("--out", options->out_file, "Where the signature goes; else beside the request");
  sign->callback([&session, options] { run_sign(session, *options); });

  CLI::App* add = approval->add_subcommand(
      "add",
      "Take approvers' signatures; the last one needed puts the change in force (needs "
      "approver).");
  add->add_option("FILE", options->files, "Files that 'approval sign' wrote")->required();
  add->callback([&session, options] { run_add(session, *options); });

  CLI::App* cancel =
      approval->add_subcommand("cancel", "Drop what waits for approvals (needs approver).");
  cancel->callback([&session] { run_cancel(session); });
}

}  // namespace xsell::hq

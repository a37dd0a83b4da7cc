#include "hq/commands/keys.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "hq/audit.h"
#include "hq/commands/key_ceremony.h"
#include "hq/key_change.h"
#include "hq/local_time.h"
#include "hq/publish_lock.h"
#include "hq/trust_state.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;
using Place = TrustState::KeyState::Place;

constexpr std::size_t kShortId = 16;

struct KeyOptions {
  std::string role;
  std::string file;
  std::vector<std::string> add, remove;
  std::optional<std::uint32_t> threshold;
};

const char* place_text(Place place) {
  if (place == Place::kHere) return "here";
  return place == Place::kHereEncrypted ? "here, encrypted" : "elsewhere";
}

void run_list(CommandSession& session) {
  session.require(Role::kViewer);
  const TrustState state = read_trust_state(session.folder(), session.now_s());
  using Align = Table::Align;
  Table table({{"ROLE"},
               {"NEEDS", Align::kRight},
               {"KEY"},
               {"WHERE"},
               {"VERSION", Align::kRight},
               {"UNTIL (UTC)"}});
  Json roles = Json::array();
  for (const TrustState::RoleState& role : state.roles) {
    Json keys = Json::array();
    std::string name = role.role;
    std::string needs = fmt::format("{} of {}", role.threshold, role.keys.size());
    std::string version = role.version == 0 ? "-" : std::to_string(role.version);
    std::string until = role.expires_s ? format_time(*role.expires_s) : "-";
    for (const TrustState::KeyState& key : role.keys) {
      table.add_row(
          {name, needs, key.id.substr(0, kShortId), place_text(key.place), version, until});
      name = needs = version = until = "";
      keys.push_back({{"id", key.id}, {"where", place_text(key.place)}});
    }
    Json json = {{"role", role.role},
                 {"threshold", role.threshold},
                 {"keys", keys},
                 {"version", role.version}};
    if (role.expires_s) json["expires"] = format_time(*role.expires_s);
    roles.push_back(std::move(json));
  }
  session.output().table(table);
  for (const std::string& warning : state.warnings) session.output().warning(warning);
  session.output().json(
      {{"root_version", state.root_version}, {"roles", roles}, {"warnings", state.warnings}});
}

void show_key(Output& output, const sync::SigningKey& key, const fs::path& file) {
  const std::string id = key.public_key().key_id();
  output.text(fmt::format("{}: key {}", file.string(), id));
  output.json({{"file", file.string()}, {"id", id}, {"public", public_file_of(file).string()}});
}

// Needs no HQ folder and no user: approvers run it on machines of their own.
void run_new(CommandSession& session, const KeyOptions& options) {
  const fs::path file = options.file;
  if (file.extension() != ".pem") throw UsageError("name the key file SOMETHING.pem");
  const std::string passphrase = session.passphrases().for_new_key(file);
  const sync::SigningKey key = sync::SigningKey::generate();
  save_key_file(file, key, passphrase);
  show_key(session.output(), key, file);
  session.output().text(fmt::format("Give {} to HQ; {} stays with you, and a copy in a safe.",
                                    public_file_of(file).string(), file.string()));
}

void run_show(CommandSession& session, const KeyOptions& options) {
  show_key(session.output(), load_key_file(options.file, session.passphrases()), options.file);
}

// Encrypts keys that init has made, here or moved to another place.
void run_seal(CommandSession& session, const KeyOptions& options) {
  const std::string user = session.require(Role::kAdmin).name;
  if (options.role != "root" && options.role != "targets" && options.role != "control") {
    throw UsageError(
        fmt::format("{} signs by itself: an encrypted key could not do that", options.role));
  }
  const HqFolder folder = session.folder();
  const PublishLock lock(folder);
  std::size_t count = 0;
  for (const KeyFile& file : list_key_files(folder.keys())) {
    if (file.role != options.role || file.is_encrypted) continue;
    const sync::SigningKey key = load_key_file(file.path, session.passphrases());
    const fs::path sealed = options.file.empty() ? file.path : fs::path(options.file);
    const std::string pem = key.to_encrypted_pem(session.passphrases().for_new_key(sealed));
    if (sealed != file.path && fs::exists(sealed)) {
      throw Refused(fmt::format("{} is there already", sealed.string()));
    }
    sync::write_whole_file(sealed, pem, fs::perms(0600));
    sync::write_whole_file(public_file_of(sealed), key.public_key().tuf_json() + "\n");
    if (sealed != file.path) {
      fs::remove(file.path);
      fs::remove(public_file_of(file.path));
    }
    Audit(session.store())
        .record(session.now_s(), user, "key sealed",
                {{"role", options.role}, {"key", file.key_id}, {"file", sealed.string()}});
    session.output().text(fmt::format("{} is encrypted now.", sealed.string()));
    ++count;
    if (!options.file.empty()) break;
  }
  if (count == 0) {
    throw Refused(
        fmt::format("no unencrypted key of {} is in {}", options.role, folder.keys().string()));
  }
  session.output().json({{"sealed", count}});
}

void show_change(CommandSession& session, const KeyChange& change, const std::string& what) {
  Output& output = session.output();
  Json json = {{"pending", !change.outcome.versions.has_value()}, {"retired", change.retired}};
  if (change.outcome.versions) {
    output.text(fmt::format("{}: in force.", what));
    for (const std::string& file : change.retired) {
      output.text(fmt::format("Out of use, to be destroyed: keys/{}", file));
    }
  } else {
    output.text(fmt::format("{} waits for approvals: {}.\nNext: xsell-hq approval export FILE",
                            what, describe(change.outcome.needed)));
    json["needed"] = describe(change.outcome.needed);
  }
  output.json(json);
}

void run_change(CommandSession& session, const KeyOptions& options) {
  KeyOrder order{.role = options.role,
                 .add = {options.add.begin(), options.add.end()},
                 .remove = options.remove,
                 .threshold = options.threshold,
                 .user = session.require(Role::kAdmin).name};
  const KeyChange change =
      change_keys(session.store(), session.folder(), order,
                  session.unlock({"root", "targets", options.role}), session.now_s());
  show_change(session, change, fmt::format("The change of the {} keys", options.role));
}

void run_rotate(CommandSession& session, const KeyOptions& options) {
  const std::string user = session.require(Role::kAdmin).name;
  const KeyChange change =
      rotate_key(session.store(), session.folder(), options.role, user,
                 session.unlock({"root", "targets", options.role}), session.now_s());
  show_change(session, change, fmt::format("The new {} key", options.role));
}

void run_renew(CommandSession& session, const KeyOptions& options) {
  const std::string user = session.require(Role::kAdmin).name;
  const KeyChange change = renew_document(session.store(), session.folder(), options.role, user,
                                          session.unlock({options.role}), session.now_s());
  show_change(session, change, fmt::format("The renewal of {}", options.role));
}

void run_ceremony(CommandSession& session) {
  session.require(Role::kViewer);
  session.output().out() << key_ceremony(read_trust_state(session.folder(), session.now_s()),
                                         session.now_s());
}

}  // namespace

void register_keys(CLI::App& program, CommandSession& session) {
  CLI::App* keys = program.add_subcommand("keys", "Say who may sign, and with how many others.");
  keys->require_subcommand(1);
  auto options = std::make_shared<KeyOptions>();
  const auto add_role = [&](CLI::App* command, std::vector<std::string> roles) {
    command->add_option("ROLE", options->role)->required()->check(CLI::IsMember(std::move(roles)));
  };
  const std::vector<std::string> all_roles(kKeyRoles.begin(), kKeyRoles.end());

  CLI::App* list = keys->add_subcommand(
      "list", "Show each role's keys, where they are, and until when its document is good.");
  list->callback([&session] { run_list(session); });

  CLI::App* make = keys->add_subcommand("new",
                                        "Make an encrypted key on this machine, and FILE.pub for "
                                        "HQ. Needs no HQ folder and no user.");
  make->add_option("FILE", options->file, "SOMETHING.pem; never replaced")->required();
  make->callback([&session, options] { run_new(session, *options); });

  CLI::App* show = keys->add_subcommand("show", "Open a key file and tell the key's identifier.");
  show->add_option("FILE", options->file)->required();
  show->callback([&session, options] { run_show(session, *options); });

  CLI::App* seal = keys->add_subcommand(
      "seal", "Encrypt a key that lies open in the keys folder, or move it out (needs admin).");
  add_role(seal, all_roles);
  seal->add_option("--to", options->file, "Where to, such as a stick; else in its place");
  seal->callback([&session, options] { run_seal(session, *options); });

  CLI::App* change = keys->add_subcommand(
      "change", "Add keys to a role, take keys away, change how many must sign (needs admin).");
  add_role(change, all_roles);
  change->add_option("--add", options->add, "A public key, FILE.pub; repeatable");
  change->add_option("--remove", options->remove, "First digits of a key's identifier; repeatable");
  change->add_option("--threshold", options->threshold, "How many different keys must sign")
      ->check(CLI::Range(1, 100));
  change->callback([&session, options] { run_change(session, *options); });

  CLI::App* rotate = keys->add_subcommand(
      "rotate", "A new key in the keys folder in place of the one there (needs admin).");
  add_role(rotate, all_roles);
  rotate->callback([&session, options] { run_rotate(session, *options); });

  CLI::App* renew = keys->add_subcommand(
      "renew", "Sign root or targets anew, unchanged, to last longer (needs admin).");
  add_role(renew, {"root", "targets"});
  renew->callback([&session, options] { run_renew(session, *options); });

  CLI::App* ceremony = keys->add_subcommand(
      "ceremony", "Print the checklist for making and changing offline keys with several people.");
  ceremony->callback([&session] { run_ceremony(session); });
}

}  // namespace xsell::hq

#include "hq/commands/enroll.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "hq/audit.h"
#include "hq/fleet_store.h"
#include "hq/local_time.h"
#include "hq/server_address.h"
#include "hq/tls_authority.h"
#include "sync/enrolment_token.h"
#include "sync/sha256.h"
#include "sync/tuf_repository.h"

namespace xsell::hq {
namespace {

struct EnrollOptions {
  std::string store;
  std::string lane;
  std::string url;
  int valid_hours = 7 * 24;
};

struct RevokeOptions {
  std::string device;
};

struct QuarantineOptions {
  std::string device;
  std::string automatic;  // on, off
  bool is_undone = false;
};

std::string root_sha256(const HqFolder& folder) {
  const sync::tuf::RepositoryKeys no_keys;
  const sync::tuf::Repository repository(folder.tree(), no_keys);
  if (!repository.exists()) {
    throw Refused(fmt::format("{} has no signing keys yet; make the HQ folder with 'xsell-hq init'",
                              folder.path().string()));
  }
  return sync::sha256_hex(repository.root_bytes());
}

void run_enroll(CommandSession& session, const EnrollOptions& options) {
  const User& user = session.require(Role::kAdmin);
  const HqFolder folder = session.folder();
  HqStore& store = session.store();
  sync::EnrolmentToken token;
  token.url = url_for_lanes(store, options.url);
  token.ca_sha256 = TlsAuthority(folder).ca_sha256();
  token.root_sha256 = root_sha256(folder);
  token.store = options.store;
  token.lane = options.lane;
  const std::int64_t expires_at_s = session.now_s() + options.valid_hours * 3600LL;
  token.secret = FleetStore(store).add_enrolment(options.store, options.lane, user.name,
                                                 session.now_s(), expires_at_s);
  Audit(store).record(session.now_s(), user.name, "enroll",
                      {{"store", options.store}, {"lane", options.lane}});

  const std::string text = sync::encode_token(token);
  session.output().text(fmt::format(
      "Token for store {}, lane {}, good once until {} UTC. At the lane:\n\n  xsell enroll {}\n",
      options.store, options.lane, format_time(expires_at_s), text));
  session.output().json({{"token", text},
                         {"store", options.store},
                         {"lane", options.lane},
                         {"url", token.url},
                         {"expires_at_s", expires_at_s}});
}

void run_revoke(CommandSession& session, const RevokeOptions& options) {
  const User& user = session.require(Role::kAdmin);
  if (!FleetStore(session.store()).revoke(options.device, session.now_s())) {
    throw Refused(
        fmt::format("there is no device {}; 'xsell-hq status' lists them", options.device));
  }
  Audit(session.store()).record(session.now_s(), user.name, "revoke", {{"device", options.device}});
  session.output().text(
      fmt::format("Device {} is revoked: HQ takes nothing from it and gives it nothing. "
                  "Its lane goes on with the rules it has.",
                  options.device));
  session.output().json({{"revoked", options.device}});
}

void run_quarantine(CommandSession& session, const QuarantineOptions& options) {
  const User& user = session.require(Role::kAdmin);
  HqStore& store = session.store();
  if (options.device.empty() == options.automatic.empty())
    throw UsageError("name either a device or --automatic on|off");
  if (!options.automatic.empty()) {
    store.set_setting(kQuarantineClones, options.automatic);
    Audit(store).record(session.now_s(), user.name, "quarantine",
                        {{"automatic", options.automatic}});
    session.output().text(
        fmt::format("A device whose outcome numbers conflict is {} by itself from now on.",
                    options.automatic == "on" ? "quarantined" : "reported, but not quarantined"));
    session.output().json({{"automatic", options.automatic}});
    return;
  }
  FleetStore fleet(store);
  const bool is_known = options.is_undone ? fleet.end_quarantine(options.device)
                                          : fleet.quarantine(options.device, session.now_s());
  if (!is_known) {
    throw Refused(
        fmt::format("there is no device {}; 'xsell-hq status' lists them", options.device));
  }
  Audit(store).record(session.now_s(), user.name, "quarantine",
                      {{"device", options.device}, {"undone", options.is_undone}});
  session.output().text(
      options.is_undone
          ? fmt::format("HQ takes outcomes of device {} again.", options.device)
          : fmt::format(
                "HQ takes no outcomes of device {}; its lanes keep them and go on prompting. "
                "Enrol each of them anew, or undo this.",
                options.device));
  session.output().json({{"device", options.device}, {"quarantined", !options.is_undone}});
}

}  // namespace

void register_enroll(CLI::App& program, CommandSession& session) {
  CLI::App* enroll = program.add_subcommand(
      "enroll",
      "Make a one-time token that enrols a lane: 'xsell enroll TOKEN' there. Needs an admin.");
  auto options = std::make_shared<EnrollOptions>();
  enroll->add_option("--store", options->store, "Store of the lane, as imported")->required();
  enroll->add_option("--lane", options->lane, "Lane (workstation) in that store")->required();
  enroll->add_option("--url", options->url,
                     "How lanes reach HQ (else as set by init --url, else as last served)");
  enroll->add_option("--valid-hours", options->valid_hours, "How long the token can be used")
      ->check(CLI::Range(1, 24 * 365))
      ->capture_default_str();
  enroll->callback([&session, options] { run_enroll(session, *options); });

  CLI::App* revoke =
      program.add_subcommand("revoke", "Take a device's rights away. Needs an admin.");
  auto revoked = std::make_shared<RevokeOptions>();
  revoke->add_option("device", revoked->device, "The device, as 'xsell-hq status' lists it")
      ->required();
  revoke->callback([&session, revoked] { run_revoke(session, *revoked); });

  CLI::App* quarantine = program.add_subcommand("quarantine",
                                                "Take no outcomes of a device, as when two lanes "
                                                "run from copies of one disk. Needs an admin.");
  auto quarantined = std::make_shared<QuarantineOptions>();
  quarantine->add_option("device", quarantined->device,
                         "The device, as 'xsell-hq status' lists it");
  quarantine->add_flag("--undo", quarantined->is_undone, "Take its outcomes again");
  quarantine
      ->add_option("--automatic", quarantined->automatic,
                   "Whether HQ does so by itself when numbers conflict (it does not at first)")
      ->check(CLI::IsMember({"on", "off"}));
  quarantine->callback([&session, quarantined] { run_quarantine(session, *quarantined); });
}

}  // namespace xsell::hq

#include "hq/commands/mirror.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hq/audit.h"
#include "hq/nginx_mirror.h"
#include "hq/server/certificate.h"
#include "hq/server_address.h"
#include "hq/tls_authority.h"
#include "sync/whole_file.h"

namespace xsell::hq {
namespace {

namespace fs = std::filesystem;

struct MirrorOptions {
  std::vector<std::string> addresses;
  std::string out;
  std::string installed_in = "/etc/nginx/xsell";
  std::string cache_folder = "/var/lib/nginx";
  std::uint16_t port = 8444;
  std::string url;
  std::string hq_name;
  int valid_days = 730;
};

bool is_ip_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

void run_mirror(CommandSession& session, const MirrorOptions& options) {
  const User& user = session.require(Role::kAdmin);
  const std::string url = url_for_lanes(session.store(), options.url);
  NginxMirror mirror;
  mirror.hq = *sync::parse_hq_url(url);
  mirror.hq_name = options.hq_name.empty() ? mirror.hq.host : options.hq_name;
  if (is_ip_address(mirror.hq_name)) {
    throw UsageError(
        fmt::format("nginx checks HQ's certificate for a name, and {} is an address; give one of "
                    "the names in it with --hq-name",
                    mirror.hq_name));
  }
  mirror.port = options.port;
  mirror.certificate_file = options.installed_in + "/mirror.pem";
  mirror.key_file = options.installed_in + "/mirror.key";
  mirror.ca_file = options.installed_in + "/hq-ca.pem";
  mirror.cache_folder = options.cache_folder;

  const TlsAuthority authority(session.folder());
  const std::int64_t expires_at_s = session.now_s() + options.valid_days * 86'400LL;
  const Certificate certificate =
      authority.certificate_for(options.addresses, session.now_s(), expires_at_s);
  const fs::path out = options.out;
  std::error_code error;
  fs::create_directories(out, error);
  try {
    sync::write_whole_file(out / "mirror.key", certificate.key_pem,
                           fs::perms::owner_read | fs::perms::owner_write);
    sync::write_whole_file(out / "mirror.pem", certificate.certificate_pem);
    sync::write_whole_file(out / "hq-ca.pem", authority.ca_pem());
    sync::write_whole_file(out / "xsell-mirror.conf", nginx_configuration(mirror));
  } catch (const fs::filesystem_error& failure) {
    throw Refused(fmt::format("{}; choose a folder that you can write with --out", failure.what()));
  }
  Audit(session.store())
      .record(session.now_s(), user.name, "mirror",
              {{"addresses", options.addresses}, {"expires_at_s", expires_at_s}});
  session.output().text(fmt::format(
      "A mirror's certificate, key and nginx configuration are in {}. On the store's server put "
      "them into {} and link xsell-mirror.conf into /etc/nginx/conf.d. At the lanes:\n\n  "
      "\"mirror\": \"{}\"\n\nin xsell.json. The certificate holds for {} days.\n",
      out.string(), options.installed_in, server_url(options.addresses.front(), options.port),
      options.valid_days));
  session.output().json({{"out", out.string()},
                         {"mirror", server_url(options.addresses.front(), options.port)},
                         {"hq", url},
                         {"expires_at_s", expires_at_s}});
}

}  // namespace

void register_mirror(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "mirror",
      "Write what nginx on a store's server needs to mirror the published files for its lanes:\n"
      "a certificate of this HQ's authority, its key and the configuration. Needs an admin.");
  auto options = std::make_shared<MirrorOptions>();
  command
      ->add_option("--address", options->addresses,
                   "Name or IP address by which the lanes reach the mirror; can be repeated")
      ->required();
  command->add_option("--out", options->out, "Folder to write to")->required();
  command->add_option("--port", options->port, "Port on which the mirror listens")
      ->capture_default_str();
  command
      ->add_option("--installed-in", options->installed_in,
                   "Folder in which the files will be on the store's server")
      ->capture_default_str();
  command
      ->add_option("--cache", options->cache_folder, "Folder there in which nginx may keep files")
      ->capture_default_str();
  command->add_option("--url", options->url, "How the mirror reaches HQ (else as lanes do)");
  command->add_option("--hq-name", options->hq_name,
                      "Name in HQ's certificate, if the URL has an address");
  command->add_option("--valid-days", options->valid_days, "How long the certificate holds")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command->callback([&session, options] { run_mirror(session, *options); });
}

}  // namespace xsell::hq

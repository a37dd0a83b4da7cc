#include "hq/commands/serve.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>

#include "hq/publisher.h"
#include "hq/rollout_desk.h"
#include "hq/server/hq_server.h"
#include "hq/server_address.h"
#include "hq/tls_authority.h"
#include "hq/trust_state.h"

namespace xsell::hq {
namespace {

struct ServeOptions {
  std::string listen = "0.0.0.0:8443";
  std::optional<std::uint16_t> port;
  std::string port_file;
};

// Each lane's stream is a descriptor.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Appears whole, so that whoever waits for it never reads half a number.
void write_port_file(const std::string& path, std::uint16_t port) {
  const std::string part = path + ".new";
  {
    std::ofstream out(part, std::ios::trunc);
    out << port << '\n';
    if (!out.flush()) throw Refused(fmt::format("cannot write the port file {}", path));
  }
  if (std::rename(part.c_str(), path.c_str()) != 0)
    throw Refused(fmt::format("cannot write the port file {}", path));
}

void run_serve(CommandSession& session, const ServeOptions& options) {
  const HqFolder folder = session.folder();
  HqStore& store = session.store();
  const TlsAuthority tls(folder);
  if (!tls.exists()) {
    throw Refused(
        fmt::format("{} has no server certificate; make the HQ folder with 'xsell-hq init'",
                    folder.path().string()));
  }
  const ListenAddress listen = parse_listen_address(options.listen);
  std::ostream& err = session.output().err();
  ServeSettings settings;
  settings.address = listen.address;
  settings.port = options.port.value_or(listen.port);
  settings.now_s = [&session] { return session.now_s(); };
  settings.log = [&session, &err](std::string_view line) {
    err << fmt::format("{:%Y-%m-%dT%H:%M:%SZ} {}",
                       fmt::gmtime(static_cast<std::time_t>(session.now_s())), line)
        << std::endl;
  };

  settings.resign = [folder, &session, log = settings.log] {
    resign_head(folder, session.now_s());
    for (const auto& warning : read_trust_state(folder, session.now_s()).warnings) log(warning);
  };

  settings.watch = [folder, &store, &session, log = settings.log] {
    if (const auto halted = RolloutDesk(store, folder).check(session.now_s())) {
      log(fmt::format("the rollout of version {} is halted: {}", halted->release.version,
                      halted->release.reason));
    }
  };

  allow_many_descriptors();
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  HqServer server(io, folder, settings);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    settings.log("stopping");
    server.stop();
    io.stop();
  });

  const std::string url = server_url(tls.addresses().front(), server.port());
  store.set_setting(kServedUrl, url);
  if (!options.port_file.empty()) write_port_file(options.port_file, server.port());
  session.output().text(
      fmt::format("Serving lanes at {} (listening on {}); end with Ctrl-C.", url, listen.address));
  session.output().json({{"url", url},
                         {"address", listen.address},
                         {"port", server.port()},
                         {"head", server.api().head().version}});
  session.output().out().flush();
  io.run();
}

}  // namespace

void register_serve(CLI::App& program, CommandSession& session) {
  CLI::App* command = program.add_subcommand(
      "serve",
      "Serve the lanes over HTTPS until it is ended: releases, the push, outcomes, enrolment.\n"
      "A publish by another process is pushed at once; the head is signed anew every hour.\n"
      "Needs no user.");
  auto options = std::make_shared<ServeOptions>();
  command->add_option("--listen", options->listen, "ADDRESS:PORT; IPv6 as [::]:8443")
      ->capture_default_str();
  command->add_option("--port", options->port,
                      "Port instead of that of --listen; 0 takes a free one");
  command->add_option("--port-file", options->port_file,
                      "File to write the port to, once it can be reached");
  command->callback([&session, options] { run_serve(session, *options); });
}

}  // namespace xsell::hq

// xsell-sse-service: see docs/development.md, "Contract tests of the event stream".
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/tools/sse/control_server.h"
#include "tests/tools/sse/sse_service.h"

namespace {

// Appears whole, so that whoever waits for it never reads half a number.
bool write_port_file(const std::string& path, std::uint16_t port) {
  const std::string part = path + ".new";
  std::ofstream out(part, std::ios::trunc);
  out << port << '\n';
  out.close();
  return out && std::rename(part.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8000;
  std::string port_file;
  CLI::App program(
      "The test service of the public contract tests for clients of server-sent events: opens\n"
      "streams on command over plain http and reports what comes. Ends on DELETE / or Ctrl-C.");
  program.add_option("--address", address, "Address to listen on; it serves whoever reaches it")
      ->capture_default_str();
  program.add_option("--port", port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  program.add_option("--port-file", port_file, "File to write the port to, once it is open");
  CLI11_PARSE(program, argc, argv);

  try {
    boost::asio::io_context io(1);
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    xsell::tests::SseService service(io, [&] {
      // Once the answer is on its way.
      boost::asio::post(io, [&] { boost::asio::post(io, [&] { io.stop(); }); });
    });
    xsell::tests::ControlServer server(
        io, address, port,
        [&](const xsell::hq::HttpRequest& request) { return service.answer(request); });
    if (!port_file.empty() && !write_port_file(port_file, server.port())) {
      std::cerr << "xsell-sse-service: cannot write " << port_file << "\n";
      return 1;
    }
    std::cout << "Listening on http://" << address << ":" << server.port() << std::endl;
    io.run();
  } catch (const std::exception& error) {
    std::cerr << "xsell-sse-service: " << address << " port " << port << ": " << error.what()
              << "; choose another with --port\n";
    return 1;
  }
  return 0;
}

// xsell-lane: a sample till. It shows a point-of-sale integrator how a host uses xsell, and drives
// demos and tests.

#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "console.h"
#include "web_server.h"

namespace {

std::atomic<bool> is_stopping{false};

void on_signal(int) { is_stopping = true; }

struct Options {
  std::string plugin = XSELL_LANE_DEFAULT_PLUGIN;
  std::string config, data_folder, items, web, port_file, script, currency, language;
  std::string store, lane;
  bool is_json = false, is_verbose = false;
};

// Ctrl-C and a plain kill end the program in order; a read that waits for input is interrupted.
void handle_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

// The currency the plugin's configuration names, for the till's own display.
std::string configured_currency(const std::string& config_file) {
  std::ifstream file(config_file.empty() ? "/etc/xsell/xsell.json" : config_file);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_object() && json.contains("currency") && json["currency"].is_string()) {
    return json["currency"].get<std::string>();
  }
  return "EUR";
}

int sell(lane::Till& till, lane::Printer& printer, const Options& options) {
  lane::Console console(till, printer, [] { return is_stopping.load(); });
  till.observe([&](const lane::Step& step) {
    const bool is_news = step.event != "idle" || step.status != XSELL_OK || !step.withdrawn.empty();
    if (is_news) printer.step(step, till);
  });

  std::unique_ptr<lane::WebServer> web;
  if (!options.web.empty()) {
    std::string error;
    web = lane::WebServer::start(till, options.web, error);
    if (!web) {
      printer.problem("--web", error);
      return 1;
    }
    if (!options.port_file.empty()) web->write_port_file(options.port_file);
    printer.note("the lane's page: " + web->address());
  }

  lane::Console::ScriptResult script;
  if (options.script == "-") {
    script = console.run_script(std::cin, "stdin");
  } else if (!options.script.empty()) {
    std::ifstream file(options.script);
    if (!file) {
      printer.problem(options.script, "cannot be read");
      return 1;
    }
    script = console.run_script(file, options.script);
  } else if (isatty(STDIN_FILENO)) {
    printer.note("Type a code or a part of a name to scan it; `help` lists the commands.");
    printer.status(till);
    std::string line;
    while (!is_stopping && std::cout << "> " << std::flush && std::getline(std::cin, line)) {
      if (console.run(line, {}) == lane::Console::Result::kQuit) return 0;
    }
    return 0;
  } else if (!web) {
    printer.problem({}, "nothing to do: no terminal; give --script FILE (or -), or --web PORT");
    return 1;
  }
  // A page stays open until it is asked to end: by a signal, or by the script's own `quit`.
  while (web && !script.has_quit && !is_stopping) poll(nullptr, 0, 200);
  return script.is_good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "A sample till on the xsell plugin: in the terminal, from a script, and as a web page.",
      "xsell-lane");
  app.set_version_flag("--version", XSELL_LANE_VERSION);
  app.add_option("--plugin", options.plugin, "the plugin: path of xsell.so")->capture_default_str();
  app.add_option("--config", options.config, "the plugin's configuration (/etc/xsell/xsell.json)");
  app.add_option("--data-folder", options.data_folder, "the plugin's data folder");
  app.add_option(
      "--items", options.items,
      "the till's items: CSV (or .csv.gz) with the columns item, name, price, category; or a "
      "JSON file of items as rules are authored with");
  app.add_option("--store", options.store, "business unit, over the configuration");
  app.add_option("--lane", options.lane, "workstation, over the configuration");
  app.add_option("--currency", options.currency, "ISO 4217, over the configuration");
  app.add_option("--language", options.language, "BCP 47, over the configuration");
  app.add_option(
      "--web", options.web,
      "serve the lane's page: [ADDRESS:]PORT, by default on 127.0.0.1; port 0 takes a free one");
  app.add_option("--port-file", options.port_file, "write the page's port here, once it is served");
  app.add_option("--script", options.script, "run the commands of this file, - for standard input");
  app.add_flag("--json", options.is_json, "print one JSON object a line for each event");
  app.add_flag("--verbose", options.is_verbose, "print the plugin's log to standard error");
  app.footer(std::string(lane::Console::help()) +
             "\nA script exits with 1 when a command, a wait or an expectation failed; it runs to "
             "its end anyway.\n");
  CLI11_PARSE(app, argc, argv);
  handle_signals();

  const std::unique_ptr<lane::Printer> printer =
      options.is_json ? lane::make_json_printer()
                      : lane::make_text_printer(isatty(STDOUT_FILENO) != 0);
  const std::string currency =
      options.currency.empty() ? configured_currency(options.config) : options.currency;

  std::string error;
  lane::ItemList items;
  if (!options.items.empty()) {
    std::optional<lane::ItemList> loaded = lane::ItemList::load(options.items, currency, error);
    if (!loaded) {
      printer->problem("--items", error);
      return 1;
    }
    items = std::move(*loaded);
  }

  lane::TillOptions till_options;
  till_options.plugin_path = options.plugin;
  till_options.currency = currency;
  xsell::HostOptions& host = till_options.host;
  host.name = "xsell-lane";
  host.version = XSELL_LANE_VERSION;
  host.config_file = options.config;
  host.data_folder = options.data_folder;
  host.business_unit = options.store;
  host.workstation = options.lane;
  host.language = options.language;
  host.currency = options.currency;
  if (options.is_verbose) {
    host.log = [](std::uint32_t level, std::string_view text) {
      static constexpr const char* kLevels[] = {"debug", "info", "warning", "error"};
      const std::string line =
          std::string("xsell ") + kLevels[std::min(level, 3u)] + ": " + std::string(text) + "\n";
      std::fwrite(line.data(), 1, line.size(), stderr);
    };
  }
  const std::unique_ptr<lane::Till> till =
      lane::Till::open(std::move(till_options), std::move(items), error);
  if (!till) {
    printer->problem("--plugin", error);
    return 1;
  }
  return sell(*till, *printer, options);
}

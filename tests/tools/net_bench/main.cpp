// xsell-net-bench: see docs/performance-network.md.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "tests/tools/net_bench/measurements.h"

namespace {

using Json = nlohmann::json;

// Each simulated lane is a descriptor, here and at the server.
std::size_t allowed_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

double number(const Json& value, const char* name) { return value.at(name).get<double>(); }

void print_fan_out(const Json& result) {
  for (const char* server : {"hq", "mosquitto"}) {
    if (!result.contains(server)) continue;
    const Json& figures = result.at(server);
    std::printf("  %-10s first told %8.2f ms   last told %8.2f ms", server,
                number(figures, "first_told_ms"), number(figures, "last_told_ms"));
    if (figures.contains("kib_a_connection"))
      std::printf("   %6.1f KiB a connection", number(figures, "kib_a_connection"));
    std::printf("\n");
  }
  if (result.contains("ratio_of_last_told"))
    std::printf("  ratio of the last told: %.2f\n", number(result, "ratio_of_last_told"));
}

void print_files(const Json& result) {
  for (const char* server : {"hq", "nginx"}) {
    if (!result.contains(server)) continue;
    const Json& figures = result.at(server);
    std::printf("  %-10s %8.0f 304 answers/s   bundle %6.0f MB/s to 1 lane, %6.0f MB/s to 8\n",
                server, number(figures, "polls_a_second"),
                number(figures, "bundle_mb_a_second_1_lane"),
                number(figures, "bundle_mb_a_second_8_lanes"));
  }
}

void print_restart(const Json& result) {
  std::printf("HQ is killed and started again under %d streams\n", result.at("lanes").get<int>());
  std::printf("  down %.0f ms; back: first after %.0f ms, median %.0f ms, last %.0f ms; ",
              number(result, "down_ms"), number(result, "first_back_ms"),
              number(result, "median_back_ms"), number(result, "last_back_ms"));
  std::printf("%.0f%% of them in the busiest 100 ms\n",
              100 * number(result, "share_of_the_busiest_100_ms"));
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::size_t> lanes = {1, 1'000, 8'000};
  int rounds = 5;
  std::size_t connections = 32;
  int seconds = 3;
  std::size_t restarted = 200;
  bool is_ingestion = true;
  bool is_json = false;
  CLI::App program(
      "Measures HQ's server over TLS on loopback: how soon all lanes hear of a publish, against\n"
      "mosquitto; files served, against nginx; outcomes stored. What is not installed is left "
      "out.");
  program.add_option("--lanes", lanes, "Numbers of simulated lanes; none: not measured")
      ->delimiter(',')
      ->capture_default_str();
  program.add_option("--rounds", rounds, "Publishes for each number of lanes")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  program.add_option("--connections", connections, "That poll at the same time; 0: not measured")
      ->capture_default_str();
  program.add_option("--restart", restarted, "Lanes whose HQ is restarted; 0: not measured")
      ->capture_default_str();
  program.add_flag("--ingestion,!--no-ingestion", is_ingestion, "Outcomes, too (the default)");
  program.add_option("--seconds", seconds, "Of polling each server, and of ingestion")
      ->capture_default_str();
  program.add_flag("--json", is_json, "One line of JSON instead of text");
  CLI11_PARSE(program, argc, argv);

  std::signal(SIGPIPE, SIG_IGN);
  const std::size_t most = allowed_descriptors() - 200;
  try {
    Json all = {{"fan_out", Json::array()}};
    for (std::size_t count : lanes) {
      if (count > most) {
        std::fprintf(stderr, "%zu lanes need more open files than this machine allows: %zu\n",
                     count, most);
        count = most;
      }
      xsell::benchmark::MeasuredHq hq;
      all["fan_out"].push_back(xsell::benchmark::measure_fan_out(hq, count, rounds));
      if (is_json) continue;
      std::printf("Publish to notified, %zu lanes, median of %d publishes\n", count, rounds);
      print_fan_out(all["fan_out"].back());
      std::fflush(stdout);
    }
    if (connections > 0) {
      xsell::benchmark::MeasuredHq hq;
      all["files"] =
          xsell::benchmark::measure_files(hq, connections, std::chrono::seconds(seconds));
      if (!is_json) {
        std::printf("Files, %zu connections\n", connections);
        print_files(all["files"]);
      }
    }
    if (restarted > 0) {
      xsell::benchmark::MeasuredHq hq;
      all["restart"] = xsell::benchmark::measure_restart(hq, restarted);
      if (!is_json) print_restart(all["restart"]);
    }
    if (is_ingestion) {
      xsell::benchmark::MeasuredHq hq;
      all["ingestion"] = xsell::benchmark::measure_ingestion(hq, std::chrono::seconds(seconds));
      if (!is_json) {
        std::printf("Outcomes of %d lanes in batches of %d\n  hq         %8.0f outcomes/s\n",
                    all["ingestion"].at("lanes").get<int>(),
                    all["ingestion"].at("outcomes_a_batch").get<int>(),
                    number(all["ingestion"], "outcomes_a_second"));
      }
    }
    if (is_json) std::cout << all.dump() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "xsell-net-bench: " << error.what() << "\n";
    return 1;
  }
  return 0;
}

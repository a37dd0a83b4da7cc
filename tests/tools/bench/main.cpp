// xsell-bench: replays a workload and prints one JSON line of figures a run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "tests/tools/bench/rank.h"
#include "tests/tools/bench/report.h"
#include "tests/tools/bench/scan.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Replays baskets on the rules engine and says how long scans take.");
  app.require_subcommand(1);

  ScanOptions options;
  CLI::App* scanning = app.add_subcommand("scan", "Replay the baskets of a workload folder");
  scanning->add_option("DIR", options.workload.folder, "Workload folder")->required();
  scanning->add_option("KIND", options.workload.kind, "flat, zipf or cond")->required();
  scanning->add_option("N", options.workload.rule_count, "Number of rules")->required();
  scanning->add_flag("--big", options.workload.is_big, "Baskets of 200 lines");
  scanning->add_option("--through", options.through, "engine, so (the shared library) or sqlite")
      ->check(CLI::IsMember({"engine", "so", "sqlite"}));
  scanning->add_option("--module", options.module, "The shared library")->capture_default_str();
  scanning->add_option("--passes", options.passes, "Passes that are timed")
      ->check(CLI::Range(1, 10'000));
  scanning->add_option("--baskets", options.baskets, "The first so many baskets only");
  scanning->add_flag("--cold", options.has_cold_caches, "Sweep the caches before each scan");
  scanning->add_flag("--edits", options.has_edits, "Time voids and quantity changes as well");
  scanning->add_flag("--publishing", options.has_publishing,
                     "Scan while release after release is compiled and taken over as well");
  scanning->add_flag("!--no-paced", options.has_paced_run, "Leave out the run with pacing on");
  scanning->callback([&] { fmt::print("{}\n", measure_scans(options)); });

  WorkloadName name;
  std::uint64_t seed = 20260601;
  CLI::App* generating = app.add_subcommand("generate", "Write a workload into a folder");
  generating->add_option("DIR", name.folder, "Folder, which must exist")->required();
  generating->add_option("KIND", name.kind, "flat, zipf or cond")
      ->required()
      ->check(CLI::IsMember({"flat", "zipf", "cond"}));
  generating->add_option("N", name.rule_count, "Number of rules")
      ->required()
      ->check(CLI::Range(1, 1'000'000));
  generating->add_option("SEED", seed, "Draws the same for the same number");
  generating->callback([&] { write_workload(name, seed); });

  RankOptions rank;
  CLI::App* ranking =
      app.add_subcommand("rank", "Scan with mined pairs and a ranker; prints one line of figures");
  ranking->add_option("--items", rank.items, "Items that trigger something")->capture_default_str();
  ranking->add_option("--offers", rank.offers, "Mined pairs of each")->capture_default_str();
  ranking->add_option("--baskets", rank.baskets, "Baskets of a pass")->capture_default_str();
  ranking->add_option("--lines", rank.lines, "Lines of a basket")->capture_default_str();
  ranking->add_option("--passes", rank.passes, "Passes that are timed")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  ranking->callback([&] { fmt::print("{}\n", measure_ranker(rank)); });

  std::string results;
  std::string svg;
  CLI::App* reporting = app.add_subcommand("report", "A table and a chart of what scans printed");
  reporting->add_option("FILE", results, "One JSON object a line")->required();
  reporting->add_option("--svg", svg, "Draw the chart into this file");
  reporting->callback([&] { report(results, svg); });

  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace
}  // namespace xsell::bench

int main(int argc, char** argv) {
  try {
    return xsell::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "xsell-bench: %s\n", error.what());
    return 1;
  }
}

// xsell-bench: replays a workload and prints one JSON line of figures a run.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "tests/tools/bench/lane_under_test.h"
#include "tests/tools/bench/rank.h"
#include "tests/tools/bench/replay.h"
#include "tests/tools/bench/report.h"
#include "tests/tools/bench/sqlite_peer.h"

namespace xsell::bench {
namespace {

constexpr std::size_t kEvictedBytes = std::size_t{96} << 20;

struct ScanOptions {
  WorkloadName workload;
  std::string through = "engine";
  std::string module = XSELL_MODULE;
  std::size_t passes = 5;
  std::size_t baskets = 0;  // 0: all
  bool has_paced_run = true;
  bool has_cold_caches = false;
  bool has_edits = false;
};

std::unique_ptr<LaneUnderTest> make_lane(const ScanOptions& options, const Workload& workload,
                                         Pacing pacing) {
  if (options.through == "so") return make_module_lane(workload, pacing, options.module);
  if (options.through == "sqlite") return make_sqlite_peer(workload);
  return make_engine_lane(workload, pacing);
}

// What is left once the records are gone: what a till would hold.
void forget_rules(Workload& workload) {
  std::vector<RuleRecord>().swap(workload.rules);
  ::malloc_trim(0);
}

void scan(const ScanOptions& options) {
  us_per_tick();
  Workload workload = read_workload(options.workload);
  if (options.baskets > 0 && options.baskets < workload.baskets.size())
    workload.baskets.resize(options.baskets);
  std::unique_ptr<LaneUnderTest> lane = make_lane(options, workload, Pacing::off);
  forget_rules(workload);
  const double rss_mb = resident_mb();

  const SetUp set_up = lane->set_up();
  ReplayOptions how;
  how.passes = options.passes;
  if (options.has_cold_caches) how.evicted_bytes = kEvictedBytes;
  const Replayed run = replay(workload, *lane, how);
  std::string line = fmt::format(
      "{{\"engine\":\"xsell-{}{}{}\",\"dist\":\"{}\",\"rules\":{},\"baskets\":{},"
      "\"load_ms\":{:.3f},\"load_cpu_ms\":{:.3f},\"compile_ms\":{:.3f},\"rss_mb\":{:.1f},\"index_"
      "mb\":{:.3f},"
      "\"bytes_per_rule\":{:.1f},\"rules_active\":{},{},\"h50\":\"{}\",\"hall\":\"{}\","
      "\"begin_p50_us\":{:.4f},\"begin_p99_us\":{:.4f},\"end_p99_us\":{:.4f}",
      lane->name(), options.has_cold_caches ? "-coldcache" : "",
      options.workload.is_big ? "-big" : "", options.workload.kind, options.workload.rule_count,
      workload.baskets.size(), set_up.load_ms, set_up.load_cpu_ms, set_up.compile_ms, rss_mb,
      set_up.index_mb, set_up.index_mb * (1 << 20) / options.workload.rule_count,
      set_up.rules_active, run.scans.json(), run.first_50.text(), run.all.text(),
      run.begins.percentile(0.5), run.begins.percentile(0.99), run.ends.percentile(0.99));
  if (options.has_edits) {
    line += "," + replay_edits(workload, *lane, options.passes).json("edit_");
  }
  if (options.has_paced_run && options.through != "sqlite") {
    lane.reset();
    workload.rules = read_workload(options.workload).rules;
    lane = make_lane(options, workload, Pacing::on);
    forget_rules(workload);
    line += "," + replay(workload, *lane, how).scans.json("paced_");
  }
  fmt::print("{}}}\n", line);
}

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
  scanning->add_option("--module", options.module, "The shared library");
  scanning->add_option("--passes", options.passes, "Passes that are timed")
      ->check(CLI::Range(1, 1'000));
  scanning->add_option("--baskets", options.baskets, "The first so many baskets only");
  scanning->add_flag("--cold", options.has_cold_caches, "Sweep the caches before each scan");
  scanning->add_flag("--edits", options.has_edits, "Time voids and quantity changes as well");
  scanning->add_flag("!--no-paced", options.has_paced_run, "Leave out the run with pacing on");
  scanning->callback([&] { scan(options); });

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

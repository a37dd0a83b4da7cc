#include "tests/tools/bench/scan.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "tests/tools/bench/lane_under_test.h"
#include "tests/tools/bench/publisher.h"
#include "tests/tools/bench/replay.h"
#include "tests/tools/bench/sqlite_peer.h"

namespace xsell::bench {
namespace {

constexpr std::size_t kPassesBesidePublishing = 100;
constexpr std::size_t kEvictedBytes = std::size_t{96} << 20;

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

double load_average() {
  double average = 0;
  return ::getloadavg(&average, 1) == 1 ? average : 0;
}

std::string set_up_json(const ScanOptions& options, const LaneUnderTest& lane, double rss_mb) {
  const SetUp& set_up = lane.set_up();
  return fmt::format(
      R"("engine":"xsell-{}{}{}","dist":"{}","rules":{},"load_average":{:.2f},"load_ms":{:.3f},)"
      R"("restart_ms":{:.3f},"load_cpu_ms":{:.3f},"compile_ms":{:.3f},"rss_mb":{:.1f},)"
      R"("index_mb":{:.3f},"bytes_per_rule":{:.1f},"rules_active":{})",
      lane.name(), options.has_cold_caches ? "-coldcache" : "",
      options.workload.is_big  ? "-big"
      : options.has_publishing ? "-publishing"
                               : "",
      options.workload.kind, options.workload.rule_count, load_average(), set_up.load_ms,
      set_up.restart_ms, set_up.load_cpu_ms, set_up.compile_ms, rss_mb, set_up.index_mb,
      set_up.index_mb * (1 << 20) / options.workload.rule_count, set_up.rules_active);
}

std::string replay_json(const Workload& workload, const Replayed& run) {
  return fmt::format(
      R"("baskets":{},{},"h50":"{}","hall":"{}","begin_p50_us":{:.4f},"begin_p99_us":{:.4f},)"
      R"("end_p99_us":{:.4f})",
      workload.baskets.size(), run.scans.json(), run.first_50.text(), run.all.text(),
      run.begins.percentile(0.5), run.begins.percentile(0.99), run.ends.percentile(0.99));
}

// What pacing adds is the difference of two runs: fewer prompts come, so it may be below nothing.
std::string paced_json(const Replayed& quiet, const Replayed& paced) {
  const auto cost = [&](double share) {
    return paced.scans.percentile(share) - quiet.scans.percentile(share);
  };
  return fmt::format(R"({},"pacing_cost_p50_us":{:.4f},"pacing_cost_p99_us":{:.4f})",
                     paced.scans.json("paced_"), cost(0.5), cost(0.99));
}

// The same scans, while another thread compiles release after release and hands each over.
std::string publishing_json(const ScanOptions& options, Workload& workload, const Replayed& quiet) {
  workload.rules = read_workload(options.workload).rules;
  Publisher publisher(workload);
  const auto lane = make_engine_lane(workload, Pacing::off, &publisher);
  ReplayOptions how;
  how.passes = std::max(options.passes, kPassesBesidePublishing);
  const Replayed run = replay(workload, *lane, how);
  if (run.all.text() != quiet.all.text())
    throw std::runtime_error("answers differ while releases are published");
  return fmt::format(R"({},"publishing_releases":{},"publishing_limit_p999_us":{:.4f})",
                     run.scans.json("publishing_"), lane->set_up().releases,
                     2 * quiet.scans.percentile(0.999) + 50);
}

}  // namespace

std::string measure_scans(const ScanOptions& options) {
  us_per_tick();
  Workload workload = read_workload(options.workload);
  if (options.baskets > 0 && options.baskets < workload.baskets.size())
    workload.baskets.resize(options.baskets);
  std::unique_ptr<LaneUnderTest> lane = make_lane(options, workload, Pacing::off);
  forget_rules(workload);
  std::string line = "{" + set_up_json(options, *lane, resident_mb());

  ReplayOptions how;
  how.passes = options.passes;
  if (options.has_cold_caches) how.evicted_bytes = kEvictedBytes;
  const Replayed run = replay(workload, *lane, how);
  line += "," + replay_json(workload, run);
  if (options.has_edits) line += "," + replay_edits(workload, *lane, options.passes).json("edit_");
  if (options.has_paced_run && options.through != "sqlite") {
    lane.reset();
    workload.rules = read_workload(options.workload).rules;
    lane = make_lane(options, workload, Pacing::on);
    forget_rules(workload);
    line += "," + paced_json(run, replay(workload, *lane, how));
  }
  if (options.has_publishing) {
    lane.reset();
    line += "," + publishing_json(options, workload, run);
  }
  return line + "}";
}

}  // namespace xsell::bench

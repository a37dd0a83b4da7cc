// xsell-engine-bench: the engine's steps one by one, with Google Benchmark.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <utility>

#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/bench/lane_under_test.h"
#include "tests/tools/bench/publisher.h"

namespace xsell::bench {
namespace {

constexpr std::uint64_t kSeed = 20260601;

// Drawn once for each size.
const Workload& workload_of(int rule_count) {
  static std::map<int, Workload> workloads;
  const auto known = workloads.find(rule_count);
  if (known != workloads.end()) return known->second;
  tests::TemporaryFolder folder;
  WorkloadName name;
  name.folder = folder.path();
  name.kind = "flat";
  name.rule_count = rule_count;
  write_workload(name, kSeed);
  return workloads.emplace(rule_count, read_workload(name)).first->second;
}

// Whole baskets one after the other.
class Till {
 public:
  explicit Till(int rule_count)
      : workload_(workload_of(rule_count)), lane_(make_engine_lane(workload_, Pacing::off)) {
    lane_->begin(basket());
  }
  LaneUnderTest& lane() { return *lane_; }
  const Basket& basket() const { return workload_.baskets[basket_]; }
  bool is_basket_done() const { return item_ == basket().items.size(); }
  void prepare() { lane_->prepare(basket().items[item_++]); }
  void next_basket() {
    lane_->end();
    basket_ = (basket_ + 1) % workload_.baskets.size();
    item_ = 0;
    lane_->begin(basket());
  }

 private:
  const Workload& workload_;
  std::unique_ptr<LaneUnderTest> lane_;
  std::size_t basket_ = 0;
  std::size_t item_ = 0;
};

// With the begins and ends between: a twelfth of the time is theirs.
void scan_line(benchmark::State& state) {
  Till till(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    if (till.is_basket_done()) till.next_basket();
    till.prepare();
    till.lane().scan();
  }
}
BENCHMARK(scan_line)->RangeMultiplier(10)->Range(1'000, 1'000'000);

void scan_line_and_read_prompts(benchmark::State& state) {
  Till till(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    if (till.is_basket_done()) till.next_basket();
    till.prepare();
    till.lane().scan();
    benchmark::DoNotOptimize(till.lane().shown());
  }
}
BENCHMARK(scan_line_and_read_prompts)->RangeMultiplier(10)->Range(1'000, 1'000'000);

void begin_and_end(benchmark::State& state) {
  Till till(static_cast<int>(state.range(0)));
  for (auto _ : state) till.next_basket();
}
BENCHMARK(begin_and_end)->Arg(100'000);

void change_quantity(benchmark::State& state) {
  Till till(static_cast<int>(state.range(0)));
  for (int i = 0; i < 5 || !till.is_basket_done(); ++i) {
    if (till.is_basket_done()) till.next_basket();
    till.prepare();
    till.lane().scan();
  }
  std::int64_t quantity_milli = 1000;
  for (auto _ : state) till.lane().set_quantity(1, quantity_milli = 3000 - quantity_milli);
}
BENCHMARK(change_quantity)->Arg(100'000);

void compile_rules(benchmark::State& state) {
  const Release release = release_of(workload_of(static_cast<int>(state.range(0))), Pacing::off);
  for (auto _ : state) benchmark::DoNotOptimize(compile(release));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(compile_rules)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xsell::bench

BENCHMARK_MAIN();

#include "tests/tools/bench/replay.h"

#include <vector>

namespace xsell::bench {
namespace {

constexpr std::size_t kFirstBaskets = 50;
constexpr std::size_t kCacheLine = 64;

template <typename Work>
std::uint64_t ticks_of(Work work) {
  const std::uint64_t start = tick_count();
  work();
  return tick_count() - start;
}

// Pushes everything else out of the processor's caches.
class CacheSweep {
 public:
  explicit CacheSweep(std::size_t bytes) : bytes_(bytes) {}
  void run() {
    for (std::size_t i = 0; i < bytes_.size(); i += kCacheLine) sum_ = sum_ + bytes_[i]++;
  }

 private:
  std::vector<unsigned char> bytes_;
  volatile unsigned sum_ = 0;
};

void add_answer(const RulesShown& shown, AnswerHash& hash) {
  for (std::size_t i = 0; i < shown.count; ++i) hash.add(shown.rules[i] + 1);
  hash.add(0);
}

std::size_t scan_count(const Workload& workload) {
  std::size_t count = 0;
  for (const Basket& basket : workload.baskets) count += basket.items.size();
  return count;
}

}  // namespace

Replayed replay(const Workload& workload, LaneUnderTest& lane, const ReplayOptions& options) {
  Replayed out;
  CacheSweep sweep(options.evicted_bytes);
  const std::size_t scans = scan_count(workload);
  // The first pass warms up and is hashed; cold caches need no warm-up.
  for (std::size_t pass = 0; pass <= options.passes; ++pass) {
    const bool is_counted = pass > 0 || options.evicted_bytes > 0;
    if (is_counted) {
      out.scans.start_pass(scans);
      out.begins.start_pass(workload.baskets.size());
      out.ends.start_pass(workload.baskets.size());
    }
    for (std::size_t i = 0; i < workload.baskets.size(); ++i) {
      const Basket& basket = workload.baskets[i];
      const std::uint64_t begin = ticks_of([&] { lane.begin(basket); });
      if (is_counted) out.begins.add(begin);
      for (const std::int32_t item : basket.items) {
        if (options.evicted_bytes > 0) sweep.run();
        lane.prepare(item);
        const std::uint64_t scan = ticks_of([&] { lane.scan(); });
        if (is_counted) out.scans.add(scan);
        if (pass > 0) continue;
        add_answer(lane.shown(), out.all);
        if (i < kFirstBaskets) add_answer(lane.shown(), out.first_50);
      }
      const std::uint64_t end = ticks_of([&] { lane.end(); });
      if (is_counted) out.ends.add(end);
    }
  }
  return out;
}

Latencies replay_edits(const Workload& workload, LaneUnderTest& lane, std::size_t passes) {
  Latencies out;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    out.start_pass(workload.baskets.size() * 60);
    for (const Basket& basket : workload.baskets) {
      lane.begin(basket);
      for (const std::int32_t item : basket.items) {
        lane.prepare(item);
        lane.scan();
      }
      const std::uint64_t lines = basket.items.size();
      for (std::uint64_t line = 1; line <= lines; line += 10) {
        out.add(ticks_of([&] { lane.set_quantity(line, 2000); }));
        out.add(ticks_of([&] { lane.set_quantity(line, 1000); }));
        out.add(ticks_of([&] { lane.void_line(line); }));
      }
      lane.end();
    }
  }
  return out;
}

}  // namespace xsell::bench

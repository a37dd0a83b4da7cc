#include "tests/tools/bench/latencies.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numeric>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <fmt/format.h>

namespace xsell::bench {
namespace {

double at_share(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double mean_of(const std::vector<float>& values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

}  // namespace

std::uint64_t tick_count() {
#if defined(__x86_64__)
  _mm_lfence();
  const std::uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
#else
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

double us_per_tick() {
  static const double measured = [] {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    const std::uint64_t first = tick_count();
    while (Clock::now() - start < std::chrono::milliseconds(50)) {
    }
    const std::uint64_t last = tick_count();
    const std::chrono::duration<double, std::micro> passed = Clock::now() - start;
    return passed.count() / static_cast<double>(last - first);
  }();
  return measured;
}

void Latencies::start_pass(std::size_t expected) { passes_.emplace_back().reserve(expected); }

double Latencies::percentile(double share) const {
  std::vector<double> each;
  for (std::vector<float> pass : passes_) {
    std::sort(pass.begin(), pass.end());
    each.push_back(at_share(pass, share));
  }
  return median(each) * us_per_tick();
}

std::string Latencies::json(const std::string& prefix) const {
  std::vector<double> mean;
  std::vector<float> best = passes_.front();
  for (const auto& pass : passes_) {
    mean.push_back(mean_of(pass));
    for (std::size_t i = 0; i < best.size() && i < pass.size(); ++i)
      best[i] = std::min(best[i], pass[i]);
  }
  std::sort(best.begin(), best.end());
  const double us = us_per_tick();
  const double mean_us = median(mean) * us;
  std::string out;
  const auto put = [&](const char* name, double value) {
    out += fmt::format("\"{}{}\":{:.4f},", prefix, name, value);
  };
  out +=
      fmt::format("\"{}scans\":{},\"{}passes\":{},", prefix, best.size(), prefix, passes_.size());
  put("mean_us", mean_us);
  put("p50_us", percentile(0.5));
  put("p90_us", percentile(0.9));
  put("p99_us", percentile(0.99));
  put("p999_us", percentile(0.999));
  put("max_us", percentile(1));
  put("min_mean_us", mean_of(best) * us);
  put("min_p50_us", at_share(best, 0.5) * us);
  put("min_p99_us", at_share(best, 0.99) * us);
  put("min_p999_us", at_share(best, 0.999) * us);
  put("min_max_us", at_share(best, 1) * us);
  out += fmt::format("\"{}scans_per_s\":{:.0f}", prefix, mean_us > 0 ? 1e6 / mean_us : 0);
  return out;
}

std::string AnswerHash::text() const { return fmt::format("{:08x}", value_); }

double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

}  // namespace xsell::bench

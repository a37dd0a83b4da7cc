#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>
#include <vector>

#include "sync/release_listener.h"
#include "tests/tools/net_bench/measurements.h"

namespace xsell::benchmark {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using sync::ListenerStatus;

constexpr auto kLongest = std::chrono::seconds(120);
constexpr double kSlice_ms = 100;

// Lanes that listen as the product does, with its own waits.
class Listeners {
 public:
  Listeners(const sync::Identity& lane, std::size_t count) : back_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      listeners_.push_back(std::make_unique<sync::ReleaseListener>(
          io_, endpoint_of(lane), sync::WatchSettings(), [] { return sync::RefreshResult{}; },
          [this, i](const ListenerStatus& status) { note(i, status); }));
    }
  }

  void start() {
    for (const auto& listener : listeners_) listener->start(0);
  }

  void wait_until_live(std::size_t count) {
    const auto end = Clock::now() + kLongest;
    while (live_ != count) {
      io_.run_one_for(std::chrono::seconds(1));
      if (Clock::now() > end)
        throw std::runtime_error("only " + std::to_string(live_) + " streams stand");
    }
  }

  // When each stood again, in order.
  std::vector<double> ms_since(Clock::time_point from) const {
    std::vector<double> times;
    for (const Clock::time_point at : back_)
      times.push_back(std::chrono::duration<double, std::milli>(at - from).count());
    std::sort(times.begin(), times.end());
    return times;
  }

 private:
  void note(std::size_t index, const ListenerStatus& status) {
    if (status.is_push_live == static_cast<bool>(is_live_[index])) return;
    is_live_[index] = status.is_push_live;
    live_ += status.is_push_live ? 1 : std::size_t(-1);
    if (status.is_push_live) back_[index] = Clock::now();
  }

  boost::asio::io_context io_;
  std::vector<Clock::time_point> back_;
  std::vector<char> is_live_ = std::vector<char>(back_.size(), 0);
  std::size_t live_ = 0;
  std::vector<std::unique_ptr<sync::ReleaseListener>> listeners_;
};

// The largest share that came within one slice of time.
double busiest_share(const std::vector<double>& times) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < times.size(); ++last) {
    while (times[last] - times[first] > kSlice_ms) ++first;
    most = std::max(most, last - first + 1);
  }
  return static_cast<double>(most) / static_cast<double>(times.size());
}

}  // namespace

Json measure_restart(MeasuredHq& hq, std::size_t lanes) {
  Listeners listeners(hq.lane(), lanes);
  listeners.start();
  listeners.wait_until_live(lanes);
  hq.program().kill();
  const auto killed = Clock::now();
  hq.program().serve();
  const auto serves = Clock::now();
  listeners.wait_until_live(0);
  listeners.wait_until_live(lanes);
  const std::vector<double> times = listeners.ms_since(killed);
  return {{"lanes", lanes},
          {"down_ms", std::chrono::duration<double, std::milli>(serves - killed).count()},
          {"first_back_ms", times.front()},
          {"median_back_ms", times[times.size() / 2]},
          {"last_back_ms", times.back()},
          {"share_of_the_busiest_100_ms", busiest_share(times)}};
}

}  // namespace xsell::benchmark

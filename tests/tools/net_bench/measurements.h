// The measurements of the network benchmark. Each runs HQ as the program xsell-hq, and its rival in
// the same run with the same clients. Fail: throw std::runtime_error.
#ifndef XSELL_TESTS_TOOLS_NET_BENCH_MEASUREMENTS_H_
#define XSELL_TESTS_TOOLS_NET_BENCH_MEASUREMENTS_H_

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sync/identity.h"
#include "tests/integration/hq_program.h"

namespace xsell::benchmark {

// An HQ that serves, with one release and one enrolled lane.
class MeasuredHq {
 public:
  MeasuredHq();

  tests::HqProgram& program() { return program_; }
  std::uint16_t port() const;
  const sync::Identity& lane() const { return lane_; }
  std::string tree() const;

 private:
  tests::HqProgram program_;
  sync::Identity lane_;
};

// From the moment that a publish can be seen to the last of `lanes` open streams that was told,
// against a retained MQTT message; and the memory that each connection takes in either server.
nlohmann::json measure_fan_out(MeasuredHq& hq, std::size_t lanes, int rounds);

// 304 answers a second over `connections`, and the rate at which a large bundle comes.
nlohmann::json measure_files(MeasuredHq& hq, std::size_t connections, std::chrono::seconds time);

// HQ is killed and starts again under its streams: when the first, the median and the last of the
// lanes, which wait as real ones do, have their stream again, and how many come at once.
nlohmann::json measure_restart(MeasuredHq& hq, std::size_t lanes);

// Outcomes a second that come home in signed batches, each acknowledged when it is on HQ's disk.
nlohmann::json measure_ingestion(MeasuredHq& hq, std::chrono::seconds time);

}  // namespace xsell::benchmark

#endif  // XSELL_TESTS_TOOLS_NET_BENCH_MEASUREMENTS_H_

// A progress line on standard error for long work: share done, rate, time left.
// Draws only on a terminal, at most ten times a second; clears its line when it goes away.
#ifndef XSELL_HQ_PROGRESS_H_
#define XSELL_HQ_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "hq/output.h"

namespace xsell::hq {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // `total` in the same unit as update()'s `done`; 0 when unknown. `unit` names what is counted.
  Progress(Output& output, std::string label, std::uint64_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` drives share and time left, `counted` the rate ("lines" read while `done` is bytes).
  void update(std::uint64_t done, std::uint64_t counted);
  void update(std::uint64_t done) { update(done, done); }

  // The text of one line; apart from drawing so that it can be tested.
  static std::string line(const std::string& label, const std::string& unit, std::uint64_t done,
                          std::uint64_t total, std::uint64_t counted, double elapsed_s);

 private:
  Output& output_;
  const std::string label_;
  const std::uint64_t total_;
  const std::string unit_;
  const Clock::time_point start_;
  Clock::time_point last_drawn_;
  bool has_drawn_ = false;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_PROGRESS_H_

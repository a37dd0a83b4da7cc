#include "hq/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace xsell::hq {
namespace {

std::string short_duration(double seconds) {
  const auto total = static_cast<std::int64_t>(seconds + 0.5);
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
}

}  // namespace

Progress::Progress(Output& output, std::string label, std::uint64_t total, std::string unit)
    : output_(output),
      label_(std::move(label)),
      total_(total),
      unit_(std::move(unit)),
      start_(Clock::now()),
      last_drawn_(start_) {}

Progress::~Progress() {
  if (has_drawn_) output_.err() << "\r\x1b[K" << std::flush;
}

void Progress::update(std::uint64_t done, std::uint64_t counted) {
  if (!output_.is_terminal()) return;
  const Clock::time_point now = Clock::now();
  if (now - last_drawn_ < std::chrono::milliseconds(100)) return;
  last_drawn_ = now;
  has_drawn_ = true;
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  output_.err() << "\r\x1b[K" << line(label_, unit_, done, total_, counted, elapsed_s)
                << std::flush;
}

std::string Progress::line(const std::string& label, const std::string& unit, std::uint64_t done,
                           std::uint64_t total, std::uint64_t counted, double elapsed_s) {
  std::string text = label;
  if (total > 0) {
    text += fmt::format("  {}%", std::min<std::uint64_t>(100, done * 100 / total));
  }
  text += fmt::format("  {} {}", counted, unit);
  if (elapsed_s <= 0) return text;
  text += fmt::format("  {:.0f} {}/s", static_cast<double>(counted) / elapsed_s, unit);
  if (total > 0 && done > 0 && done < total) {
    const double left_s = elapsed_s * static_cast<double>(total - done) / static_cast<double>(done);
    text += fmt::format("  {} left", short_duration(left_s));
  }
  return text;
}

}  // namespace xsell::hq

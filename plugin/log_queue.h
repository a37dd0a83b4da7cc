#ifndef XSELL_PLUGIN_LOG_QUEUE_H_
#define XSELL_PLUGIN_LOG_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "plugin/host_settings.h"

namespace xsell::plugin {

// Lines on their way to the till's log, which may be slow: bounded, and what does not fit is
// counted. Threads: any but the scan path. The till's callback runs only inside deliver().
class LogQueue {
 public:
  static constexpr size_t kMaxLines = 256;

  void add(xsell_log_level level, std::string text);
  void debug(std::string text) { add(XSELL_LOG_DEBUG, std::move(text)); }
  void info(std::string text) { add(XSELL_LOG_INFO, std::move(text)); }
  void warning(std::string text) { add(XSELL_LOG_WARNING, std::move(text)); }
  void error(std::string text) { add(XSELL_LOG_ERROR, std::move(text)); }

  // Hands up to max_lines to the till, in order.
  void deliver(const HostSettings& host, size_t max_lines);

  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Line {
    xsell_log_level level;
    std::string text;
  };

  std::mutex mutex_;
  std::deque<Line> lines_;
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_LOG_QUEUE_H_

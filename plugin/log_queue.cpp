#include "plugin/log_queue.h"

#include <utility>

namespace xsell::plugin {

void LogQueue::add(xsell_log_level level, std::string text) {
  const std::lock_guard lock(mutex_);
  if (lines_.size() == kMaxLines) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  lines_.push_back({level, std::move(text)});
}

void LogQueue::deliver(const HostSettings& host, size_t max_lines) {
  for (size_t i = 0; i < max_lines; ++i) {
    Line line;
    {
      const std::lock_guard lock(mutex_);
      if (lines_.empty()) return;
      line = std::move(lines_.front());
      lines_.pop_front();
    }
    if (!host.log) continue;
    const xsell_str view{line.text.data(), line.text.size()};
    host.log(host.host_data, static_cast<uint32_t>(line.level), &view);
  }
}

}  // namespace xsell::plugin

#ifndef XSELL_PLUGIN_WORKER_H_
#define XSELL_PLUGIN_WORKER_H_

#include <atomic>
#include <memory>
#include <thread>

#include "plugin/health.h"
#include "plugin/host_settings.h"
#include "plugin/log_queue.h"
#include "plugin/session.h"

namespace xsell::plugin {

// The plugin's one thread. It owns the io_context, the databases and all that waits; it sets the
// lane up, tries again when that fails, and ticks it. Threads: start and destruction on the main
// guard; session() on the scan thread. Requires: the arguments outlive it.
class Worker {
 public:
  Worker(const HostSettings& host, HealthBoard& board, LogQueue& log);
  ~Worker();  // ends the thread within 2 s; outcomes are on disk
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Waits until the rules on disk are ready or the set-up has failed, but not longer than start()
  // may take.
  void start();

  // Null until the lane is set up. Valid until the Worker ends.
  Session* session() const noexcept { return session_.load(std::memory_order_acquire); }

 private:
  class Loop;
  void run() noexcept;

  const HostSettings& host_;
  HealthBoard& board_;
  LogQueue& log_;
  std::unique_ptr<Loop> loop_;
  std::atomic<Session*> session_{nullptr};
  std::thread thread_;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_WORKER_H_

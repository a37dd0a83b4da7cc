#ifndef XSELL_PLUGIN_INSTANCE_H_
#define XSELL_PLUGIN_INSTANCE_H_

#include <atomic>
#include <memory>

#include "plugin/health.h"
#include "plugin/host_settings.h"
#include "plugin/log_queue.h"
#include "plugin/worker.h"
#include "xsell/xsell.h"

namespace xsell::plugin {

// One plugin instance behind the C table: its states and the guards against overlapping calls.
// Threads: as the C header's tags say; an overlap is refused, never undefined.
class Instance {
 public:
  // Fails: null and a status when the till's struct is not usable.
  static xsell_status create(const xsell_host* host, std::unique_ptr<Instance>& out);
  ~Instance();

  xsell_status start();
  void stop();
  xsell_status on_event(const xsell_event_header* event, xsell_prompt_list* out) noexcept;
  const void* extension(std::string_view id) const noexcept;
  xsell_status read_health(xsell_health* out) const noexcept;

  // The C table, for as long as the instance lives.
  xsell_plugin table{};

 private:
  explicit Instance(HostSettings host);

  const HostSettings host_;
  HealthBoard board_;
  LogQueue log_;
  std::unique_ptr<Worker> worker_;
  std::atomic<bool> is_started_{false};
  std::atomic<bool> is_main_busy_{false};
  std::atomic<bool> is_scan_busy_{false};
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_INSTANCE_H_

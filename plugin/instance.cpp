#include "plugin/instance.h"

#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "plugin/prompt_writer.h"
#include "plugin/session.h"
#include "rules/utf8.h"

namespace xsell::plugin {
namespace {

constexpr uint32_t kFirstHostSize = sizeof(xsell_host);
constexpr uint32_t kFirstHealthSize = offsetof(xsell_health, head_signed_s);
constexpr size_t kMaxTextBytes = 4096;

// Holds a concurrency guard for the length of a call.
class Guarded {
 public:
  explicit Guarded(std::atomic<bool>& flag)
      : flag_(flag), is_held_(!flag.exchange(true, std::memory_order_acquire)) {}
  ~Guarded() {
    if (is_held_) flag_.store(false, std::memory_order_release);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  bool is_held() const { return is_held_; }

 private:
  std::atomic<bool>& flag_;
  const bool is_held_;
};

xsell_status copy_text(const xsell_str& from, std::string& to) {
  if (from.size == 0) return XSELL_OK;
  if (!from.data) return XSELL_ERROR_ARGUMENT;
  if (from.size > kMaxTextBytes) return XSELL_ERROR_TEXT;
  to.assign(from.data, static_cast<size_t>(from.size));
  return rules::is_printable_utf8(to) ? XSELL_OK : XSELL_ERROR_TEXT;
}

xsell_status read_health_of(const xsell_plugin* plugin, xsell_health* out) noexcept {
  if (!plugin || !plugin->plugin_data) return XSELL_ERROR_ARGUMENT;
  return static_cast<const Instance*>(plugin->plugin_data)->read_health(out);
}

constexpr xsell_status_extension kStatusExtension = {sizeof(xsell_status_extension), 0,
                                                     read_health_of};

}  // namespace

xsell_status Instance::create(const xsell_host* told, std::unique_ptr<Instance>& out) {
  if (!told) return XSELL_ERROR_ARGUMENT;
  if (told->struct_size < kFirstHostSize) return XSELL_ERROR_STRUCT_SIZE;
  xsell_host host{};
  std::memcpy(&host, told, std::min<size_t>(told->struct_size, sizeof host));

  HostSettings settings;
  const std::pair<const xsell_str*, std::string*> texts[] = {
      {&host.name, &settings.name},
      {&host.version, &settings.version},
      {&host.config_file, &settings.config_file},
      {&host.data_folder, &settings.data_folder},
      {&host.business_unit, &settings.business_unit},
      {&host.workstation, &settings.workstation},
      {&host.language, &settings.language},
      {&host.currency, &settings.currency},
      {&host.time_zone, &settings.time_zone}};
  for (const auto& [from, to] : texts) {
    const xsell_status status = copy_text(*from, *to);
    if (status != XSELL_OK) return status;
  }
  settings.workstation_type = host.workstation_type;
  settings.host_data = host.host_data;
  settings.log = host.log;
  if (host.get_extension) {
    const auto* clock = static_cast<const xsell_clock_extension*>(
        host.get_extension(host.host_data, XSELL_EXT_CLOCK));
    if (clock && clock->struct_size >= sizeof(xsell_clock_extension)) settings.clock = clock;
  }
  out.reset(new Instance(std::move(settings)));
  return XSELL_OK;
}

Instance::Instance(HostSettings host) : host_(std::move(host)) {}

Instance::~Instance() { stop(); }

xsell_status Instance::start() {
  const Guarded guard(is_main_busy_);
  if (!guard.is_held()) return XSELL_ERROR_OVERLAP;
  if (is_started_.load()) return XSELL_OK;
  worker_ = std::make_unique<Worker>(host_, board_, log_);
  worker_->start();
  is_started_.store(true, std::memory_order_release);
  return XSELL_OK;
}

void Instance::stop() {
  const Guarded guard(is_main_busy_);
  if (!guard.is_held() || !is_started_.load()) return;
  is_started_.store(false, std::memory_order_seq_cst);
  // A till that breaks the rule and still handles an event: it ends within microseconds.
  while (is_scan_busy_.load(std::memory_order_seq_cst)) ::sched_yield();
  worker_.reset();
  Health stopped = board_.get();
  stopped.state = XSELL_HEALTH_STOPPED;
  board_.set(stopped);
}

xsell_status Instance::on_event(const xsell_event_header* event, xsell_prompt_list* out) noexcept {
  const Guarded guard(is_scan_busy_);
  if (!guard.is_held()) return XSELL_ERROR_OVERLAP;
  const xsell_status prepared = prepare(out);
  if (prepared != XSELL_OK) return prepared;
  if (!event) return XSELL_ERROR_ARGUMENT;
  if (event->struct_size < sizeof(xsell_event_header)) return XSELL_ERROR_STRUCT_SIZE;
  if (!is_started_.load(std::memory_order_seq_cst)) return XSELL_ERROR_STATE;
  Session* session = worker_->session();
  return session ? session->on_event(event, out) : XSELL_OK;
}

const void* Instance::extension(std::string_view id) const noexcept {
  return id == XSELL_EXT_STATUS ? &kStatusExtension : nullptr;
}

xsell_status Instance::read_health(xsell_health* out) const noexcept {
  if (!out) return XSELL_ERROR_ARGUMENT;
  if (out->struct_size < kFirstHealthSize) return XSELL_ERROR_STRUCT_SIZE;
  board_.write(out);
  return XSELL_OK;
}

}  // namespace xsell::plugin

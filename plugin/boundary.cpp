#include "plugin/boundary.h"

#include <memory>
#include <new>

#include "plugin/instance.h"
#include "plugin/version.h"

namespace xsell::plugin {
namespace {

// The one place where exceptions become codes.
template <typename Work>
xsell_status guarded(Work&& work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return XSELL_ERROR_OUT_OF_MEMORY;
  } catch (...) {
    return XSELL_ERROR_INTERNAL;
  }
}

Instance* instance_of(const xsell_plugin* plugin) noexcept {
  return plugin ? static_cast<Instance*>(plugin->plugin_data) : nullptr;
}

xsell_status start(const xsell_plugin* plugin) noexcept {
  Instance* instance = instance_of(plugin);
  if (!instance) return XSELL_ERROR_ARGUMENT;
  return guarded([&] { return instance->start(); });
}

void stop(const xsell_plugin* plugin) noexcept {
  Instance* instance = instance_of(plugin);
  if (!instance) return;
  guarded([&] {
    instance->stop();
    return XSELL_OK;
  });
}

void destroy(const xsell_plugin* plugin) noexcept {
  Instance* instance = instance_of(plugin);
  guarded([&] {
    delete instance;
    return XSELL_OK;
  });
}

xsell_status on_event(const xsell_plugin* plugin, const xsell_event_header* event,
                      xsell_prompt_list* out) noexcept {
  Instance* instance = instance_of(plugin);
  return instance ? instance->on_event(event, out) : XSELL_ERROR_ARGUMENT;
}

const void* get_extension(const xsell_plugin* plugin, const char* id) noexcept {
  const Instance* instance = instance_of(plugin);
  return instance && id ? instance->extension(id) : nullptr;
}

xsell_status create(const xsell_host* host, const xsell_plugin** out) noexcept {
  if (!out) return XSELL_ERROR_ARGUMENT;
  *out = nullptr;
  return guarded([&] {
    std::unique_ptr<Instance> instance;
    const xsell_status status = Instance::create(host, instance);
    if (status != XSELL_OK) return status;
    instance->table = {
        sizeof(xsell_plugin), XSELL_ABI_MINOR, instance.get(), start, stop, destroy, on_event,
        get_extension};
    *out = &instance.release()->table;
    return xsell_status{XSELL_OK};
  });
}

constexpr xsell_entry kEntry = {
    sizeof(xsell_entry), XSELL_ABI_MAJOR, XSELL_ABI_MINOR, 0, kVersion, create};

}  // namespace

const xsell_entry* entry_for(uint32_t host_major) noexcept {
  return host_major == XSELL_ABI_MAJOR ? &kEntry : nullptr;
}

}  // namespace xsell::plugin

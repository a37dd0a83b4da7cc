#include "tests/sdk/fake_plugin.h"

extern "C" __attribute__((visibility("default"))) const xsell_entry* xsell_get_entry(
    std::uint32_t host_major, std::uint32_t) {
  return host_major == XSELL_ABI_MAJOR ? &fake::entry() : nullptr;
}

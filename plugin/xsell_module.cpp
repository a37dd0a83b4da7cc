// The shared library: one exported function, and leaving without a trace when it is unloaded.
#include <openssl/crypto.h>
#include <sqlite3.h>

#include "plugin/boundary.h"

#if defined(XSELL_HAS_STATIC_LIBSTDCXX)
namespace __gnu_cxx {
void __freeres();
}
#endif

extern "C" __attribute__((visibility("default"))) const xsell_entry* xsell_get_entry(
    uint32_t host_major, uint32_t /*host_minor*/) {
  return xsell::plugin::entry_for(host_major);
}

namespace {

__attribute__((destructor)) void on_unload() {
  sqlite3_shutdown();
  OPENSSL_cleanup();
#if defined(XSELL_HAS_STATIC_LIBSTDCXX)
  __gnu_cxx::__freeres();
#endif
}

}  // namespace

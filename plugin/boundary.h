#ifndef XSELL_PLUGIN_BOUNDARY_H_
#define XSELL_PLUGIN_BOUNDARY_H_

#include <cstdint>

#include "xsell/plugin.h"

namespace xsell::plugin {

// What the library's one exported function returns: the entry, or null for a major it does not
// serve. Everything behind it is noexcept: no exception leaves the library.
const xsell_entry* entry_for(uint32_t host_major) noexcept;

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_BOUNDARY_H_

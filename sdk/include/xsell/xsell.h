/* xsell: cross-sell prompts at the checkout lane. This header is all a till needs.
 *
 * Load the library, ask for its entry, create an instance, start it, and tell it what happens at
 * the lane:
 *
 *   xsell_get_entry_function get_entry = dlsym(dlopen("xsell.so", RTLD_NOW | RTLD_LOCAL),
 * XSELL_GET_ENTRY_NAME); const xsell_entry *entry = get_entry(XSELL_ABI_MAJOR, XSELL_ABI_MINOR);
 *   entry->create(&host, &plugin);
 *   plugin->start(plugin);
 *   plugin->on_event(plugin, &line_added.header, &prompts);
 *
 * C++ programs may prefer xsell/host.hpp. The rules of the border are in xsell/base.h. */
#ifndef XSELL_XSELL_H_
#define XSELL_XSELL_H_

#include "xsell/base.h"
#include "xsell/event.h"
#include "xsell/ext/clock.h"
#include "xsell/ext/item_lookup.h"
#include "xsell/ext/status.h"
#include "xsell/host.h"
#include "xsell/plugin.h"
#include "xsell/prompt.h"
#include "xsell/str.h"

#endif /* XSELL_XSELL_H_ */

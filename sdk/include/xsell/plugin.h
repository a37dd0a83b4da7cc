/* The plugin: one instance per lane, made by the entry of the shared library.
 *
 * Life: create -> start -> on_event ... -> stop -> destroy; start and stop may repeat. No call
 * throws, exits, raises a signal or waits for the network. A broken cache, no network or a bad
 * configuration still answers XSELL_OK, with no prompts; the status extension says why. */
#ifndef XSELL_PLUGIN_H_
#define XSELL_PLUGIN_H_

#include "xsell/base.h"
#include "xsell/event.h"
#include "xsell/host.h"
#include "xsell/prompt.h"

XSELL_EXTERN_C_BEGIN

typedef struct xsell_plugin {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the plugin: what it appended beyond it is absent */
  void* plugin_data;  /* the plugin's own */

  /* Opens the data folder, loads the rules on disk and starts the one worker thread. Returns within
   * 100 ms; rules may become active a little later, for the next transaction. Started already:
   * XSELL_OK, nothing changes.
   *
   * [main-thread & stopped] */
  xsell_status (*start)(const struct xsell_plugin* plugin);

  /* Ends the worker thread and closes everything, within 2 s; outcomes are on disk. Stopped
   * already: nothing changes.
   *
   * [main-thread & started] */
  void (*stop)(const struct xsell_plugin* plugin);

  /* Frees the instance; stops it first when needed. The struct is gone afterwards, nothing is left
   * behind, and the library may be unloaded once all its instances are gone.
   *
   * [main-thread & stopped] */
  void (*destroy)(const struct xsell_plugin* plugin);

  /* Tells an event and gets what to show now. Never waits: no lock, no system call, no allocation
   * in steady state. The contract is 10 ms; measured are microseconds. `out` may be null when the
   * answer is not wanted. On an error `out` holds no prompts if the call never reached the basket
   * (100-199), else what is still to show. An event that is not known is ignored with XSELL_OK.
   * Returns XSELL_OK, XSELL_ERROR_ARGUMENT, _STRUCT_SIZE, _STATE, _OVERLAP, _TEXT or one of
   * 200-299.
   *
   * [scan-thread & started] */
  xsell_status (*on_event)(const struct xsell_plugin* plugin, const xsell_event_header* event,
                           xsell_prompt_list* out);

  /* A feature of the plugin (xsell/ext/status.h) by its id, or null when it has none. The result is
   * constant and lives until destroy().
   *
   * [any-thread & !scan-thread] */
  const void* (*get_extension)(const struct xsell_plugin* plugin, const char* id);
} xsell_plugin;

/* What the library has to offer. Static, constant, valid as long as the library is loaded. */
typedef struct xsell_entry {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  const char* library_version; /* "1.4.2" */

  /* Makes an instance. No thread, no file, no network yet: that is start(). On XSELL_OK `*out` is
   * the instance, else null. Several instances need a data folder each.
   *
   * Returns XSELL_OK, XSELL_ERROR_ARGUMENT, _STRUCT_SIZE, _TEXT or _OUT_OF_MEMORY.
   *
   * [main-thread & stopped] */
  xsell_status (*create)(const xsell_host* host, const xsell_plugin** out);
} xsell_entry;

/* The library's only exported function: the entry, or null when it does not serve that major
 * version. Does no work. Find it by its name: dlsym(library, XSELL_GET_ENTRY_NAME).
 *
 * [any-thread] */
typedef const xsell_entry* (*xsell_get_entry_function)(uint32_t host_major, uint32_t host_minor);

#define XSELL_GET_ENTRY_NAME "xsell_get_entry"

XSELL_EXTERN_C_END

#endif /* XSELL_PLUGIN_H_ */

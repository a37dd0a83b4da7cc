/* What the till gives the plugin at create(): who and where it is, and what it can do for the
 * plugin.
 *
 * Owns: the plugin copies all of it during create(); the functions and host_data must stay usable
 * until destroy() has returned. */
#ifndef XSELL_HOST_H_
#define XSELL_HOST_H_

#include "xsell/base.h"
#include "xsell/str.h"

XSELL_EXTERN_C_BEGIN

enum xsell_log_level {
  XSELL_LOG_DEBUG = 0,
  XSELL_LOG_INFO = 1,
  XSELL_LOG_WARNING = 2,
  XSELL_LOG_ERROR = 3
};

/* All texts are optional; one that is given wins over the configuration file. */
typedef struct xsell_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* XSELL_ABI_MINOR as the till compiled it */
  void* host_data;    /* handed back in every call */

  xsell_str name;    /* of the till's software, for the log and the health report */
  xsell_str version; /* of the till's software */

  xsell_str config_file;   /* path; empty: /etc/xsell/xsell.json if there is one */
  xsell_str data_folder;   /* path; the only place the plugin writes to */
  xsell_str business_unit; /* the store, as HQ knows it */
  xsell_str workstation;   /* the lane, as HQ knows it */
  xsell_str language;      /* BCP 47, of operator texts */
  xsell_str currency;      /* ISO 4217 */
  xsell_str time_zone;     /* IANA name: "Europe/Berlin" */

  uint32_t workstation_type; /* xsell_workstation_type; 0: as configured, else staffed */
  uint32_t reserved;

  /* A line for the till's log: one of xsell_log_level and a text. May be null. It may be slow, and
   * it must not call the plugin. Never called after stop() has returned, except from within
   * destroy().
   *
   * [plugin-thread] */
  void (*log)(void* host_data, uint32_t level, const xsell_str* text);

  /* A feature the till offers (xsell/ext/clock.h, xsell/ext/item_lookup.h) by its id, or null when
   * it has none. The result is constant and lives until destroy() has returned. May be null. Called
   * during create() only.
   *
   * [main-thread & stopped] */
  const void* (*get_extension)(void* host_data, const char* id);
} xsell_host;

XSELL_EXTERN_C_END

#endif /* XSELL_HOST_H_ */

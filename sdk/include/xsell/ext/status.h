/* Extension `xsell.status/1`, offered by the plugin: how it is, for the till's service page and for
 * fleet tools. */
#ifndef XSELL_EXT_STATUS_H_
#define XSELL_EXT_STATUS_H_

#include "xsell/plugin.h"

XSELL_EXTERN_C_BEGIN

#define XSELL_EXT_STATUS "xsell.status/1"

enum xsell_health_state {
  XSELL_HEALTH_STOPPED = 0,
  XSELL_HEALTH_STARTING = 1, /* rules are being loaded */
  XSELL_HEALTH_READY = 2,    /* prompting */
  XSELL_HEALTH_NO_RULES = 3, /* nothing to prompt with yet: not enrolled, or never synced */
  XSELL_HEALTH_DISABLED = 4, /* switched off, by HQ or by store staff */
  XSELL_HEALTH_DEGRADED = 5 /* something is broken; `message` says what, where and how to mend it */
};

enum xsell_connection {
  XSELL_CONNECTION_NONE = 0,    /* no HQ is configured: local rules, or not enrolled */
  XSELL_CONNECTION_OFFLINE = 1, /* HQ does not answer; prompting goes on */
  XSELL_CONNECTION_POLLING = 2, /* HQ answers; updates are polled */
  XSELL_CONNECTION_PUSH = 3     /* HQ answers and pushes */
};

enum xsell_freshness {
  XSELL_FRESHNESS_NONE = 0, /* no release yet, or local rules */
  XSELL_FRESHNESS_OK = 1,
  XSELL_FRESHNESS_STALE = 2, /* its signatures ran out: nothing new is trusted until HQ is back */
  XSELL_FRESHNESS_FROZEN = 3 /* HQ answers, but has signed nothing for longer than it ought to */
};

typedef struct xsell_health {
  uint32_t struct_size;      /* in: the till's sizeof; out: what is written, the rest zeroed */
  uint32_t state;            /* xsell_health_state */
  uint32_t connection;       /* xsell_connection */
  uint32_t freshness;        /* xsell_freshness */
  uint64_t rule_set_version; /* answers now, pinned by the open transaction; 0: local, none */
  uint64_t ready_version;    /* the newest active release: the next transaction begins on it */
  uint64_t rule_count;       /* in the ready rule set, mined pairs included */
  uint64_t skipped_rules;    /* rules this version cannot evaluate; they stay silent */
  uint64_t item_count;       /* in the ready rule set's catalogue */
  int64_t last_contact_s;    /* when HQ last answered, seconds since 1970 UTC; 0: never */
  uint64_t events;           /* handled since start */
  uint64_t prompts;          /* shown since start */
  uint64_t outcomes_pending; /* stored here, not yet acknowledged by HQ */
  uint64_t outcomes_lost;    /* since start; 0 unless the disk fails or is full */
  uint64_t log_lines_dropped;
  char business_unit[64];
  char workstation[64];
  char message[512];     /* what is wrong and how to mend it; empty: all is well */
  int64_t head_signed_s; /* when HQ signed what the lane knows as the newest; 0: nothing yet */
  char source[16];       /* of the rules in use: "none", "disk", "hq", "folder" */
  char last_error[32];   /* of the last update, by its unchanging name; empty: it went well */
} xsell_health;

typedef struct xsell_status_extension {
  uint32_t struct_size;
  uint32_t reserved;

  /* Fills `out` from memory: never waits for the worker, the disk or the network.
   * Returns XSELL_OK, XSELL_ERROR_ARGUMENT or _STRUCT_SIZE.
   *
   * [any-thread] */
  xsell_status (*read)(const xsell_plugin* plugin, xsell_health* out);
} xsell_status_extension;

XSELL_EXTERN_C_END

#endif /* XSELL_EXT_STATUS_H_ */

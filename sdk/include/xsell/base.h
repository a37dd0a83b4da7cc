/* Status codes, thread tags and the ground rules of the C interface.
 *
 * Interface version: XSELL_ABI_MAJOR changes when something breaks, XSELL_ABI_MINOR when something
 * is appended. The first member of every struct that crosses is `struct_size`, as its writer
 * compiled it; a reader takes the smaller of both sizes and treats the rest as zero, so zero always
 * means "not told". Value types (xsell_str, xsell_array, xsell_transaction_key, xsell_event_header)
 * are frozen instead and never grow.
 *
 * Units: money in minor units of an ISO 4217 currency (`_minor`), quantities in thousandths
 * (`_milli`), time in the unit its name ends with (`_ns`, `_ms`, `_s`). Text is UTF-8.
 *
 * Memory: nobody frees the other's. What goes in is read during the call and copied; what comes out
 * is written into memory of the caller.
 *
 * Thread tags: each function's comment ends with exactly one tag. A thread here is a concurrency
 * guard of one plugin instance, not a thread of the operating system: calls with the same guard
 * never overlap, on whichever thread they run.
 *
 *   tag   = "[" guard [ " & " state ] "]"
 *   state = "started" | "stopped" | "!scan-thread"
 *   guard, one of
 *     "main-thread"    create, start, stop, destroy: one at a time, and never during an event
 *     "scan-thread"    events: one at a time
 *     "plugin-thread"  the plugin's own threads calling the host
 *     "any-thread"     everywhere, at the same time too
 *
 * "!scan-thread": allowed everywhere but on the scan path, because the call may wait.
 */
#ifndef XSELL_BASE_H_
#define XSELL_BASE_H_

#include <stdint.h>

#if UINTPTR_MAX != 0xFFFFFFFFFFFFFFFFu
#error "xsell's C interface is defined for 64-bit programs: build the host as one"
#endif

#define XSELL_ABI_MAJOR 1u
#define XSELL_ABI_MINOR 1u

#ifdef __cplusplus
#define XSELL_EXTERN_C_BEGIN extern "C" {
#define XSELL_EXTERN_C_END }
#else
#define XSELL_EXTERN_C_BEGIN
#define XSELL_EXTERN_C_END
#endif

XSELL_EXTERN_C_BEGIN

/* What a call came to: XSELL_OK, or one of the codes below. Codes are never renumbered; an unknown
 * one is an error of its hundred's kind. No code stops a sale: whatever comes back, the till goes
 * on. */
typedef int32_t xsell_status;

enum xsell_status_code {
  XSELL_OK = 0,

  /* 100-199: the caller's mistake */
  XSELL_ERROR_ARGUMENT = 100,    /* a required pointer is null, or a value is outside its range */
  XSELL_ERROR_STRUCT_SIZE = 101, /* a struct_size smaller than that struct's first version */
  XSELL_ERROR_STATE = 102,       /* not allowed now: an event before start, destroy before stop */
  XSELL_ERROR_OVERLAP = 103,     /* two calls with the same guard at the same time */
  XSELL_ERROR_TEXT = 104,        /* a text is not UTF-8 or longer than its limit */

  /* 200-299: this event was refused; the basket is as it was before it */
  XSELL_ERROR_STALE_SEQUENCE = 200,      /* the sequence number is not higher than the last one */
  XSELL_ERROR_UNKNOWN_TRANSACTION = 201, /* no transaction with this id is open */
  XSELL_ERROR_UNKNOWN_LINE = 202,        /* no such line in this transaction */
  XSELL_ERROR_UNKNOWN_PROMPT = 203,      /* no such prompt in this transaction */
  XSELL_ERROR_BASKET_FULL = 204, /* more lines than the plugin keeps: silent until the next one */

  /* 300-399: the surroundings (also told by the status extension, with place and mend) */
  XSELL_ERROR_CONFIGURATION = 300,
  XSELL_ERROR_DATA_FOLDER = 301,
  XSELL_ERROR_NETWORK = 302,

  /* 400-499: not served by this version */
  XSELL_ERROR_UNSUPPORTED = 400,

  /* 500-599: the plugin's own trouble */
  XSELL_ERROR_INTERNAL = 500,
  XSELL_ERROR_OUT_OF_MEMORY = 501
};

XSELL_EXTERN_C_END

#endif /* XSELL_BASE_H_ */

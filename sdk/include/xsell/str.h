/* Views that cross the border: text, arrays of structs, and the key of a transaction.
 *
 * Owns: nothing; what a view points to belongs to the caller and is read during the call only.
 * These are frozen value types: no struct_size, they never grow. */
#ifndef XSELL_STR_H_
#define XSELL_STR_H_

#include "xsell/base.h"

XSELL_EXTERN_C_BEGIN

/* UTF-8 text, not necessarily zero-terminated. Empty: size 0, data may be null. */
typedef struct xsell_str {
  const char* data;
  uint64_t size; /* bytes */
} xsell_str;

/* `count` elements, each `stride` bytes after the one before. Which type they are, the member's
 * comment says. */
typedef struct xsell_array {
  const void* items; /* null when count is 0 */
  uint32_t count;
  uint32_t stride; /* sizeof the element as the writer compiled it */
} xsell_array;

/* The key of a transaction in ARTS POSLog terms. Leave empty what the till does not have. */
typedef struct xsell_transaction_key {
  xsell_str business_unit;     /* the store, as HQ knows it: "0217" */
  xsell_str workstation;       /* the lane: "3" */
  xsell_str business_day_date; /* "2026-11-23" */
  xsell_str sequence_number;   /* the receipt number; leading zeros count */
  xsell_str transaction_id;    /* the till's own id when it has one, e.g. a UUID */
} xsell_transaction_key;

/* A view of a zero-terminated text, or of none when it is null. */
static inline xsell_str xsell_str_from(const char* text) {
  xsell_str view;
  view.data = text;
  view.size = 0;
  while (text && text[view.size]) ++view.size;
  return view;
}

XSELL_EXTERN_C_END

#endif /* XSELL_STR_H_ */

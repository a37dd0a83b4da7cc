/* Extension `xsell.clock/1`, offered by the till: its clock, when it is better than the machine's.
 */
#ifndef XSELL_EXT_CLOCK_H_
#define XSELL_EXT_CLOCK_H_

#include "xsell/base.h"

XSELL_EXTERN_C_BEGIN

#define XSELL_EXT_CLOCK "xsell.clock/1"

typedef struct xsell_clock_extension {
  uint32_t struct_size;
  uint32_t reserved;

  /* Now, in seconds since 1970-01-01T00:00:00 UTC. Decides whether signatures are still fresh.
   *
   * [plugin-thread] */
  int64_t (*utc_time_s)(void* host_data);

  /* How far the store's wall clock is ahead of UTC at that time, in seconds: 3600 for Berlin in
   * winter.
   *
   * [plugin-thread] */
  int32_t (*utc_offset_s)(void* host_data, int64_t utc_time_s);
} xsell_clock_extension;

XSELL_EXTERN_C_END

#endif /* XSELL_EXT_CLOCK_H_ */

/* Extension `xsell.item-lookup/1`, offered by the till: what it knows about an item. Asked ahead of
 * time by the plugin's worker, never during an event. */
#ifndef XSELL_EXT_ITEM_LOOKUP_H_
#define XSELL_EXT_ITEM_LOOKUP_H_

#include "xsell/base.h"
#include "xsell/str.h"

XSELL_EXTERN_C_BEGIN

#define XSELL_EXT_ITEM_LOOKUP "xsell.item-lookup/1"

enum xsell_item_flag {
  XSELL_ITEM_PRICE_KNOWN = 1,   /* price_minor is told */
  XSELL_ITEM_ON_HAND_KNOWN = 2, /* on_hand_milli is told */
  XSELL_ITEM_NOT_SOLD_HERE = 4  /* not in this store's assortment */
};

typedef struct xsell_item {
  uint32_t struct_size;          /* in: sizeof as the plugin compiled it; write no more than that */
  uint32_t flags;                /* xsell_item_flag */
  int64_t price_minor;           /* of one piece, in the lane's currency */
  int64_t on_hand_milli;         /* in this store */
  uint32_t minimum_customer_age; /* years; 0: none */
  uint32_t reserved;
  char name[128]; /* UTF-8, zero-terminated, cut at a code point */
} xsell_item;

typedef struct xsell_item_lookup_extension {
  uint32_t struct_size;
  uint32_t reserved;

  /* Fills `out` for the item id; the rest of its memory is zeroed already.
   * Returns XSELL_OK, or XSELL_ERROR_ARGUMENT when the till does not know the item.
   *
   * [plugin-thread] */
  xsell_status (*find)(void* host_data, const xsell_str* item, xsell_item* out);
} xsell_item_lookup_extension;

XSELL_EXTERN_C_END

#endif /* XSELL_EXT_ITEM_LOOKUP_H_ */

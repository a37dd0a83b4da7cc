/* What the till tells the plugin: one tagged struct per event, all through xsell_plugin.on_event.
 *
 * Every event is a notification. The plugin never cancels, changes or delays a sale. A till sends
 * what it has: only transaction begin and finalised, and the line events are needed for prompts;
 * the others make them better.
 *
 * Tell each fact in the order the till sees it. The same fact told twice (about to happen, then
 * done; or by two hooks of the till) changes nothing, as long as it names the same line. A
 * transaction that is abandoned without an event ends when the next one begins. Unknown kinds and
 * spaces are ignored with XSELL_OK. */
#ifndef XSELL_EVENT_H_
#define XSELL_EVENT_H_

#include "xsell/base.h"
#include "xsell/str.h"

XSELL_EXTERN_C_BEGIN

/* xsell_event_header.space: whose kinds these are. */
enum xsell_event_space {
  XSELL_EVENT_SPACE_CORE = 0 /* the kinds below; other numbers are for later event families */
};

/* xsell_event_header.kind, and the struct that goes with it; "header alone" is xsell_event_header.
 * Never renumbered. */
enum xsell_event_kind {
  /* the lane */
  XSELL_EVENT_OPERATOR_SIGN_ON = 1,  /* xsell_event_operator */
  XSELL_EVENT_OPERATOR_SIGN_OFF = 2, /* xsell_event_operator; locking the till counts as well */
  XSELL_EVENT_SHIFT_OPEN = 3,        /* xsell_event_shift */
  XSELL_EVENT_SHIFT_CLOSE = 4,       /* xsell_event_shift */
  XSELL_EVENT_LANE_LOAD = 5,         /* xsell_event_lane_load */
  XSELL_EVENT_STOCK_CHANGED = 6,     /* xsell_event_stock_changed */
  XSELL_EVENT_CONNECTIVITY = 7,      /* xsell_event_connectivity */
  XSELL_EVENT_SNOOZE = 8,            /* xsell_event_snooze */
  XSELL_EVENT_IDLE = 9,              /* header alone: time went by; lets prompts expire */

  /* the transaction */
  XSELL_EVENT_TRANSACTION_BEGIN = 20,     /* xsell_event_transaction_begin */
  XSELL_EVENT_TRANSACTION_FINALISED = 21, /* xsell_event_transaction_finalised: it is paid */
  XSELL_EVENT_TRANSACTION_VOIDED = 22,    /* header alone: cancelled before it was paid */
  XSELL_EVENT_TRANSACTION_SUSPENDED = 23, /* header alone: parked */
  XSELL_EVENT_TRANSACTION_RECALLED = 24,  /* xsell_event_transaction_recalled */
  XSELL_EVENT_POST_VOID = 25,             /* xsell_event_post_void: a paid transaction is undone */
  XSELL_EVENT_CUSTOMER_IDENTIFIED = 26,   /* xsell_event_customer; again when it changes */
  XSELL_EVENT_CUSTOMER_CLEARED = 27,      /* header alone */
  XSELL_EVENT_SUBTOTAL = 28,              /* xsell_event_amount: the total so far */
  XSELL_EVENT_TENDER_BEGIN = 29,          /* xsell_event_amount: what is due; prompts go silent */
  XSELL_EVENT_TENDER_VOIDED = 30, /* xsell_event_amount: what was voided; back to scanning */

  /* its lines */
  XSELL_EVENT_LINE_ADDED = 40,       /* xsell_event_line; however it was entered */
  XSELL_EVENT_QUANTITY_CHANGED = 41, /* xsell_event_quantity_changed */
  XSELL_EVENT_LINE_VOIDED = 42,      /* xsell_event_line_voided */
  XSELL_EVENT_PRICE_OVERRIDDEN = 43, /* xsell_event_price_overridden; line discounts too */
  XSELL_EVENT_RETURN_LINE = 44,      /* xsell_event_return_line */
  XSELL_EVENT_ITEM_INQUIRY = 45,     /* xsell_event_item_inquiry: answered with what goes with it */
  XSELL_EVENT_PROMOTION_APPLIED = 46, /* xsell_event_promotion */
  XSELL_EVENT_COUPON_APPLIED = 47,    /* xsell_event_promotion */

  /* what became of a prompt */
  XSELL_EVENT_PROMPT_SHOWN = 60,    /* xsell_event_prompt: it is on the screen now */
  XSELL_EVENT_PROMPT_ACCEPTED = 61, /* xsell_event_prompt; the till adds the line itself */
  XSELL_EVENT_PROMPT_DECLINED = 62, /* xsell_event_prompt */
  XSELL_EVENT_PROMPT_EXPIRED = 63   /* xsell_event_prompt: the till took it away unanswered */
};

/* xsell_event_header.phase: tills add and remove a line after, or before, the hook that tells of
 * it. */
enum xsell_event_phase {
  XSELL_PHASE_DONE = 0,           /* it has happened */
  XSELL_PHASE_ABOUT_TO_HAPPEN = 1 /* it will; counts now, and not again when told as done */
};

/* The first member of every event. Frozen: new members go behind it, into the event.
 *
 * local_time_s is what the clock on the store's wall shows, counted in seconds since it showed
 * 1970-01-01T00:00:00: 10:15 on 1 December 2011 is 1322734500 in Berlin and in Lima alike. */
typedef struct xsell_event_header {
  uint32_t struct_size;  /* of the whole event, as the caller compiled it */
  uint16_t space;        /* xsell_event_space */
  uint16_t kind;         /* xsell_event_kind */
  uint64_t transaction;  /* the till's number for it, not used again that day; 0: outside of one */
  uint64_t sequence;     /* higher with each event since start; 0: not numbered */
  uint64_t monotonic_ns; /* a clock that only goes forward, e.g. CLOCK_MONOTONIC */
  int64_t local_time_s;  /* the store's wall clock, see above; 0: not told */
  uint32_t phase;        /* xsell_event_phase */
  uint32_t reserved;     /* 0 */
} xsell_event_header;

/* Prepares the header of an event whose memory is zeroed. */
static inline void xsell_event_init(xsell_event_header* header, uint32_t struct_size,
                                    uint16_t kind) {
  header->struct_size = struct_size;
  header->space = XSELL_EVENT_SPACE_CORE;
  header->kind = kind;
}

/* --- the lane --- */

typedef struct xsell_event_operator {
  xsell_event_header header;
  xsell_str operator_id; /* pseudonymous: a salted hash, or a number HQ cannot turn into a name */
  xsell_str role;        /* "cashier", "supervisor", ...: as rules name it */
  xsell_str language;    /* BCP 47, for operator texts; empty: as configured */
  uint32_t age_years;    /* 0: not told; rules about age-restricted items ask for it */
  uint32_t reserved;
} xsell_event_operator;

typedef struct xsell_event_shift {
  xsell_event_header header;
  xsell_str business_day_date; /* "2026-11-23" */
} xsell_event_shift;

/* How busy the lane is. Prompts pause when it is over what the rules' policy allows. */
enum xsell_lane_load_flag {
  XSELL_LANE_LOAD_QUEUE_LENGTH = 1,    /* queue_length is told */
  XSELL_LANE_LOAD_LINES_PER_MINUTE = 2 /* lines_per_minute is told */
};

typedef struct xsell_event_lane_load {
  xsell_event_header header;
  uint32_t flags; /* xsell_lane_load_flag */
  uint32_t queue_length;
  uint32_t lines_per_minute;
  uint32_t reserved;
} xsell_event_lane_load;

typedef struct xsell_event_stock_changed {
  xsell_event_header header;
  xsell_str item;
  int64_t on_hand_milli;
} xsell_event_stock_changed;

/* Whether the till's own systems are reachable. The plugin finds out about HQ by itself; this is a
 * hint. */
typedef struct xsell_event_connectivity {
  xsell_event_header header;
  uint32_t is_online; /* 0 or 1 */
  uint32_t reserved;
} xsell_event_connectivity;

/* The cashier asks for quiet. */
typedef struct xsell_event_snooze {
  xsell_event_header header;
  uint32_t duration_s; /* 0 ends a snooze */
  uint32_t reserved;
} xsell_event_snooze;

/* --- the transaction --- */

enum xsell_transaction_type {
  XSELL_TRANSACTION_SALE = 0,
  XSELL_TRANSACTION_RETURN = 1, /* never prompts */
  XSELL_TRANSACTION_OTHER = 2   /* paid-in, no sale, ...: never prompts */
};

enum xsell_workstation_type {
  XSELL_WORKSTATION_AS_CONFIGURED = 0,
  XSELL_WORKSTATION_STAFFED = 1,
  XSELL_WORKSTATION_SELF_CHECKOUT = 2,
  XSELL_WORKSTATION_MOBILE = 3,
  XSELL_WORKSTATION_KIOSK = 4
};

enum xsell_transaction_flag {
  XSELL_TRANSACTION_TRAINING = 1 /* practice: never prompts, nothing is recorded */
};

/* header.transaction is the id that all further events of this transaction carry. */
typedef struct xsell_event_transaction_begin {
  xsell_event_header header;
  xsell_transaction_key key;
  xsell_str operator_id;     /* empty: who signed on last */
  xsell_str currency;        /* ISO 4217; empty: as configured */
  uint32_t type;             /* xsell_transaction_type */
  uint32_t flags;            /* xsell_transaction_flag */
  uint32_t workstation_type; /* xsell_workstation_type */
  uint32_t reserved;
} xsell_event_transaction_begin;

enum xsell_customer_flag {
  XSELL_CUSTOMER_CONSENT_PERSONAL = 1, /* agreed to personal offers */
  XSELL_CUSTOMER_CONSENT_EMAIL = 2,    /* agreed to follow-ups by e-mail */
  XSELL_CUSTOMER_CONSENT_PUSH = 4,     /* agreed to follow-ups by push message */
  XSELL_CUSTOMER_OPTED_OUT = 8         /* wants no offers at all */
};

/* An item that this customer bought before. */
typedef struct xsell_recent_item {
  uint32_t struct_size;
  uint32_t times;    /* of the customer's baskets that held it; 0: not told, counts as 1 */
  uint32_t days_ago; /* since the last of them */
  uint32_t reserved;
  xsell_str item; /* as in xsell_line */
} xsell_recent_item;

typedef struct xsell_event_customer {
  xsell_event_header header;
  xsell_str customer_id;       /* pseudonymous; never a name, an address or a card number */
  xsell_array segments;        /* of xsell_str: "family", ...: as rules name them */
  uint32_t flags;              /* xsell_customer_flag */
  uint32_t verified_age_years; /* checked today: 18 after an identity check for 18; 0: none */
  /* Since 1.1: of xsell_recent_item, each item once, latest first, best of the last year; the first
   * 256 count. Used only with XSELL_CUSTOMER_CONSENT_PERSONAL and where the rules ask for it; never
   * stored, never sent anywhere, forgotten with the transaction. */
  xsell_array recent_items;
  uint32_t visits; /* since 1.1: the customer's baskets that recent_items are from; 0: not told */
  uint32_t reserved;
} xsell_event_customer;

typedef struct xsell_event_amount {
  xsell_event_header header;
  int64_t amount_minor;
} xsell_event_amount;

/* --- its lines --- */

enum xsell_entry_method {
  XSELL_ENTRY_NOT_TOLD = 0,
  XSELL_ENTRY_SCANNED = 1,
  XSELL_ENTRY_KEYED = 2,
  XSELL_ENTRY_TOUCHED = 3,
  XSELL_ENTRY_RFID = 4,
  XSELL_ENTRY_LIST = 5 /* came from an order, a recall or another list */
};

enum xsell_line_flag {
  XSELL_LINE_PRICE_KNOWN = 1,  /* unit_price_minor is told */
  XSELL_LINE_AMOUNT_KNOWN = 2, /* amount_minor is told */
  XSELL_LINE_GIFT_CARD = 4,
  XSELL_LINE_VOIDED = 8, /* in lists of lines: was voided, told for completeness */
  XSELL_LINE_RETURN = 16 /* in lists of lines: goes back, does not leave the store */
};

/* A line of the basket, in an event of its own or in the list of a recall or of a finished
 * transaction. */
typedef struct xsell_line {
  uint32_t struct_size;
  uint32_t flags;     /* xsell_line_flag */
  uint64_t line;      /* its number: not 0, not used twice in a transaction */
  xsell_str item;     /* GTIN, PLU or the store's own id, as text; empty: take it from raw_scan */
  xsell_str raw_scan; /* what the scanner sent: variable-measure codes, GS1 elements and links */
  xsell_str category; /* merchandise group, as HQ names it; empty: as in the catalogue */
  xsell_str unit;     /* "EA", "KG", ...; empty: each */
  int64_t quantity_milli;        /* 2 pieces: 2000; 0.350 kg: 350 */
  int64_t unit_price_minor;      /* of one piece or one unit, before discounts */
  int64_t amount_minor;          /* of the line, after discounts */
  uint64_t parent_line;          /* the line this one hangs on (deposit, bundle part); 0: none */
  uint64_t prompt;               /* the accepted prompt it comes from; 0: none, or not known */
  uint32_t entry_method;         /* xsell_entry_method */
  uint32_t minimum_customer_age; /* of this item, in years; 0: none, or as in the catalogue */
} xsell_line;

typedef struct xsell_event_line {
  xsell_event_header header;
  xsell_line line;
} xsell_event_line;

typedef struct xsell_event_quantity_changed {
  xsell_event_header header;
  uint64_t line;
  int64_t old_quantity_milli;
  int64_t quantity_milli; /* 0 counts as a void */
} xsell_event_quantity_changed;

typedef struct xsell_event_line_voided {
  xsell_event_header header;
  uint64_t line;
} xsell_event_line_voided;

typedef struct xsell_event_price_overridden {
  xsell_event_header header;
  uint64_t line;
  int64_t unit_price_minor; /* the new one */
  xsell_str reason;         /* the till's reason code, if any */
} xsell_event_price_overridden;

/* Goods that come back. Never prompts; nets what was earned before. */
typedef struct xsell_event_return_line {
  xsell_event_header header;
  xsell_transaction_key original; /* where it was bought, as far as it is known */
  xsell_line line;                /* quantity is positive */
} xsell_event_return_line;

typedef struct xsell_event_item_inquiry {
  xsell_event_header header;
  xsell_str item;     /* as in xsell_line */
  xsell_str raw_scan; /* as in xsell_line */
  xsell_str category; /* as in xsell_line */
} xsell_event_item_inquiry;

/* A promotion that the basket nearly earns. */
typedef struct xsell_near_miss {
  uint32_t struct_size;
  uint32_t missing_count;       /* how many pieces are missing */
  xsell_str promotion;          /* its id in the till */
  xsell_array items;            /* of xsell_str: what would complete it */
  int64_t missing_amount_minor; /* spending that is missing, if that is the condition; else 0 */
  int64_t saving_minor;         /* what the customer would save */
} xsell_near_miss;

/* A promotion or coupon took effect; sent with no promotion it just refreshes the near misses. */
typedef struct xsell_event_promotion {
  xsell_event_header header;
  xsell_str promotion;     /* its id in the till */
  xsell_str coupon;        /* the coupon's code, for XSELL_EVENT_COUPON_APPLIED */
  uint64_t line;           /* the line it went to; 0: the whole basket */
  int64_t saving_minor;    /* what it takes off */
  xsell_array near_misses; /* of xsell_near_miss: all there are now */
} xsell_event_promotion;

/* Lines as they are now: prompts and what was offered before the suspend live on. */
typedef struct xsell_event_transaction_recalled {
  xsell_event_header header;
  xsell_transaction_key key; /* as at its begin; needed when it was suspended at another lane */
  xsell_array lines;         /* of xsell_line */
} xsell_event_transaction_recalled;

typedef struct xsell_event_transaction_finalised {
  xsell_event_header header;
  int64_t total_minor;
  xsell_array lines; /* of xsell_line, the final ones; empty: as told line by line */
} xsell_event_transaction_finalised;

typedef struct xsell_event_post_void {
  xsell_event_header header;
  xsell_transaction_key original; /* the transaction that is undone */
} xsell_event_post_void;

/* --- what became of a prompt --- */

enum xsell_decline_reason {
  XSELL_DECLINE_NOT_TOLD = 0,
  XSELL_DECLINE_NOT_RELEVANT = 1,
  XSELL_DECLINE_HAS_IT = 2,
  XSELL_DECLINE_TOO_DEAR = 3,
  XSELL_DECLINE_OTHER = 4
};

typedef struct xsell_event_prompt {
  xsell_event_header header;
  uint64_t prompt;         /* xsell_prompt.prompt */
  uint64_t line;           /* accepted: the line that was added for it; 0: it follows, or none */
  uint32_t elapsed_ms;     /* since it was shown; 0: not told */
  uint32_t decline_reason; /* xsell_decline_reason */
} xsell_event_prompt;

XSELL_EXTERN_C_END

#endif /* XSELL_EVENT_H_ */

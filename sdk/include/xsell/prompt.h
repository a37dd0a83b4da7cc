/* The plugin's answer to an event: the whole set of prompts to show now, at most three.
 *
 * Owns: the till owns the list and its items; the plugin fills them during on_event and never
 * afterwards. A prompt that is no longer in the answer is withdrawn: take it off the screen. One
 * that stays keeps its id. */
#ifndef XSELL_PROMPT_H_
#define XSELL_PROMPT_H_

#include "xsell/base.h"

XSELL_EXTERN_C_BEGIN

#define XSELL_MAX_PROMPTS 3u

/* How the offer relates to what is in the basket. */
enum xsell_relation {
  XSELL_RELATION_NONE = 0, /* information without an offer */
  XSELL_RELATION_COMPLEMENT = 1,
  XSELL_RELATION_ACCESSORY = 2,
  XSELL_RELATION_CONSUMABLE = 3,
  XSELL_RELATION_PREREQUISITE = 4,
  XSELL_RELATION_CARE = 5,
  XSELL_RELATION_WARRANTY = 6,
  XSELL_RELATION_SERVICE = 7,
  XSELL_RELATION_BUNDLE_COMPLETION = 8,
  XSELL_RELATION_REPLENISHMENT = 9,
  XSELL_RELATION_UPSELL = 10,    /* replaces its trigger line; reported apart */
  XSELL_RELATION_SUBSTITUTE = 11 /* replaces its trigger line; reported apart */
};

enum xsell_prompt_kind {
  XSELL_PROMPT_OFFER = 0,
  XSELL_PROMPT_INFORMATION = 1 /* a reminder; there is no item to add */
};

/* How it wants to be shown. A till that has no such place shows a panel. Only `required` may stop
 * the cashier. */
enum xsell_prompt_mode {
  XSELL_MODE_PANEL = 0,
  XSELL_MODE_BADGE = 1,
  XSELL_MODE_DIALOG = 2,
  XSELL_MODE_SUMMARY = 3,
  XSELL_MODE_CUSTOMER_DISPLAY = 4
};

enum xsell_prompt_moment {
  XSELL_MOMENT_LINE_ADDED = 0,
  XSELL_MOMENT_SUBTOTAL = 1,
  XSELL_MOMENT_INQUIRY = 2, /* answers a price check; belongs to no basket */
  XSELL_MOMENT_AFTER_SALE = 3
};

enum xsell_benefit_kind {
  XSELL_BENEFIT_NONE = 0,
  XSELL_BENEFIT_PROMOTION = 1,  /* `promotion` gives `saving_minor`; the till confirmed it */
  XSELL_BENEFIT_INFORMATION = 2 /* a benefit in words only */
};

enum xsell_text_direction { XSELL_TEXT_LEFT_TO_RIGHT = 0, XSELL_TEXT_RIGHT_TO_LEFT = 1 };

enum xsell_experiment_arm { XSELL_ARM_NONE = 0, XSELL_ARM_TREATED = 1 };

enum xsell_prompt_flag {
  XSELL_PROMPT_PRICE_KNOWN = 1, /* price_minor is told */
  XSELL_PROMPT_STOCK_KNOWN = 2, /* stock_milli is told */
  XSELL_PROMPT_REQUIRED = 4 /* must be answered before the sale goes on (regulatory questions) */
};

#define XSELL_PROMPT_MAX_TRIGGERS 8u

/* One offer or reminder. Texts are zero-terminated UTF-8, cut at a code point when they are too
 * long, and empty when there is none; what stands behind the zero is undefined. */
typedef struct xsell_prompt {
  uint32_t struct_size;      /* what the plugin wrote; the rest of item_size is zeroed */
  uint32_t flags;            /* xsell_prompt_flag */
  uint64_t prompt;           /* its id: not 0, never used twice on this lane */
  uint64_t rule_set_version; /* the release it comes from; 0: a local rules file */
  uint32_t relation;         /* xsell_relation */
  uint32_t kind;             /* xsell_prompt_kind */
  uint32_t mode;             /* xsell_prompt_mode */
  uint32_t moment;           /* xsell_prompt_moment */
  int64_t quantity_milli;    /* how much to add */
  int64_t price_minor;       /* of one piece */
  int64_t saving_minor;      /* what the customer saves, of benefit_kind */
  int64_t stock_milli;       /* on hand in this store */
  uint32_t benefit_kind;     /* xsell_benefit_kind */
  uint32_t show_ms;          /* take it away after this time; 0: when the answer no longer has it */
  uint32_t minimum_customer_age;
  uint32_t text_direction; /* xsell_text_direction, of all its texts */
  uint32_t experiment_arm; /* xsell_experiment_arm; held-out prompts are never in an answer */
  uint32_t trigger_count;
  uint64_t trigger_lines[XSELL_PROMPT_MAX_TRIGGERS]; /* what led to it, the strongest first */
  char currency[8];                                  /* ISO 4217 of price and saving */
  char language[16];                                 /* BCP 47 of its texts */
  char rule_id[64];
  char item[64];           /* the offered item's id */
  char description[128];   /* the offered item's name */
  char operator_text[256]; /* what the cashier can say */
  char customer_text[256]; /* for the customer's screen */
  char reason[256];        /* why this, in words */
  char line_display_1[84]; /* for a 2x20 display: at most 20 characters each */
  char line_display_2[84];
  char promotion[64];  /* the till's promotion that gives the saving */
  char location[128];  /* where it stands: "Aisle 4, bottom" */
  char experiment[32]; /* the experiment's id; empty: none */
} xsell_prompt;

/* The till's memory for the answer. Before each call the till sets the first three and `items`. */
typedef struct xsell_prompt_list {
  uint32_t struct_size;
  uint32_t item_size;        /* sizeof(xsell_prompt) as the till compiled it: the stride of items */
  uint32_t capacity;         /* how many fit into items; 3 is enough for ever */
  uint32_t count;            /* out: how many there are */
  void* items;               /* of xsell_prompt, 8-byte aligned */
  uint64_t rule_set_version; /* out: what answered; 0: a local rules file, or no rules */
} xsell_prompt_list;

XSELL_EXTERN_C_END

#endif /* XSELL_PROMPT_H_ */

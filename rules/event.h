// What the host tells the lane, one fact at a time, as the engine reads it.
// Threads: plain values. Owns: nothing; every view must live until LaneEngine::on_event returns.
// Units: money in minor units, quantities in thousandths, local_time_s in store-local seconds since
// 1970-01-01.
#ifndef XSELL_RULES_EVENT_H_
#define XSELL_RULES_EVENT_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/model.h"

namespace xsell::rules {

// The numbers are those of XSELL_EVENT_* in the sdk and never change.
enum class EventKind : std::uint16_t {
  kNone = 0,

  kOperatorSignOn = 1,
  kOperatorSignOff = 2,
  kShiftOpen = 3,
  kShiftClose = 4,
  kLaneLoad = 5,
  kStockChanged = 6,
  kConnectivity = 7,
  kSnooze = 8,
  kIdle = 9,

  kTransactionBegin = 20,
  kTransactionFinalised = 21,
  kTransactionVoided = 22,
  kTransactionSuspended = 23,
  kTransactionRecalled = 24,
  kPostVoid = 25,
  kCustomerIdentified = 26,
  kCustomerCleared = 27,
  kSubtotal = 28,
  kTenderBegin = 29,
  kTenderVoided = 30,

  kLineAdded = 40,
  kQuantityChanged = 41,
  kLineVoided = 42,
  kPriceOverridden = 43,
  kReturnLine = 44,
  kItemInquiry = 45,
  kPromotionApplied = 46,
  kCouponApplied = 47,

  kPromptShown = 60,
  kPromptAccepted = 61,
  kPromptDeclined = 62,
  kPromptExpired = 63,
};

// A host may tell of a change before it makes it, after, or both: the second telling changes
// nothing.
enum class EventPhase : std::uint8_t { kDone = 0, kAboutToHappen = 1 };

enum class TransactionType : std::uint8_t { kSale = 0, kReturn = 1, kOther = 2 };

enum class EntryMethod : std::uint8_t {
  kNotTold = 0,
  kScanned = 1,
  kKeyed = 2,
  kTouched = 3,
  kRfid = 4,
  kList = 5,
};

enum class DeclineReason : std::uint8_t {
  kNone = 0,
  kNotRelevant = 1,
  kHasIt = 2,
  kTooDear = 3,
  kOther = 4,
};

// The ARTS key of a transaction, as far as the host tells it.
struct TransactionKey {
  std::string_view business_unit;  // empty: as in the lane's scope
  std::string_view workstation;    // empty: as in the lane's scope
  std::string_view business_day;   // 2026-06-03; empty: the shift's, else the day of the event
  std::uint64_t number = 0;        // the receipt's
};

// A line of the basket, in an event of its own or in the list of a recalled or finalised
// transaction.
struct EventLine {
  std::uint64_t line = 0;
  std::string_view item;      // GTIN, PLU or in-house code; the engine normalises it
  std::string_view category;  // for items that the catalogue does not know
  std::int64_t quantity_milli = 1000;
  std::int64_t unit_price_minor = 0;
  std::int64_t amount_minor = 0;
  std::uint64_t parent_line = 0;  // 0: none
  std::uint64_t prompt_id = 0;    // the accepted prompt it comes from; 0: not told
  std::int32_t minimum_age = 0;
  EntryMethod entry_method = EntryMethod::kNotTold;
  bool has_price = false;   // else the catalogue's
  bool has_amount = false;  // else price times quantity
  bool is_voided = false;   // in lists: told for completeness
  bool is_return = false;
};

// What the customer bought before, as far as the host tells it.
struct RecentPurchase {
  std::string_view item;
  std::int32_t times = 1;     // baskets that held it
  std::int32_t days_ago = 0;  // since the last of them
};

struct NearMiss {
  std::string_view promotion;
  std::int32_t missing_count = 0;
  std::int64_t saving_minor = 0;
};

struct Event {
  EventKind kind = EventKind::kNone;
  EventPhase phase = EventPhase::kDone;
  std::uint64_t transaction = 0;   // the host's id; 0: the one that is open
  std::uint64_t sequence = 0;      // higher with every event; 0: the host does not number
  std::uint64_t monotonic_ns = 0;  // never goes back
  std::int64_t local_time_s = 0;   // 0: not told, the engine goes on from the last one

  // Operator sign-on, transaction begin.
  std::string_view operator_id;  // a hash, never a name
  std::string_view operator_role;
  std::string_view operator_language;
  std::int32_t operator_age = 0;  // years; 0: not told

  std::string_view business_day;  // shift
  TransactionKey key;  // transaction begin, recalled; return line and post-void: the original one
  std::string_view currency;  // transaction begin
  TransactionType transaction_type = TransactionType::kSale;
  bool is_training = false;
  bool has_workstation_type = false;
  WorkstationType workstation_type = WorkstationType::staffed;

  // Customer identified.
  std::string_view customer;  // pseudonymous
  std::span<const std::string_view> segments;
  bool has_consent = false;       // to personal offers
  bool is_opted_out = false;      // wants no offers at all
  std::int32_t customer_age = 0;  // years verified; 0: none
  // Used only with consent, and never kept beyond the transaction.
  std::span<const RecentPurchase> recent_items;
  std::int32_t visits = 0;  // baskets they are from; 0: not told

  // Line added, quantity changed, line voided, price overridden, return line, inquiry. Stock
  // changed: quantity is what is on hand.
  EventLine line;

  // Recalled and finalised: the whole basket; has_lines false: as told line by line.
  std::span<const EventLine> lines;
  bool has_lines = false;

  // Promotion or coupon applied.
  std::string_view promotion;
  std::string_view coupon;
  std::int64_t saving_minor = 0;
  std::span<const NearMiss> near_misses;

  std::int64_t amount_minor = 0;  // subtotal, tender, finalised: the total; 0: the engine's own sum

  // Prompt shown, accepted, declined, expired. Accepted: line.line is the line it became, or 0.
  std::uint64_t prompt_id = 0;
  std::int64_t elapsed_ms = 0;  // since it was shown; 0: not told
  DeclineReason decline_reason = DeclineReason::kNone;

  std::int32_t queue_length = -1;      // lane load; -1: not told
  std::int32_t lines_per_minute = -1;  // lane load; -1: not told
  std::int32_t snooze_s = 0;           // snooze; 0 ends one
  bool is_online = false;              // connectivity
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_EVENT_H_

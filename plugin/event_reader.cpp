#include "plugin/event_reader.h"

#include <algorithm>
#include <cstring>

#include "rules/utf8.h"

namespace xsell::plugin {
namespace {

using rules::Event;
using rules::EventKind;

static_assert(static_cast<int>(EventKind::kOperatorSignOn) == XSELL_EVENT_OPERATOR_SIGN_ON);
static_assert(static_cast<int>(EventKind::kOperatorSignOff) == XSELL_EVENT_OPERATOR_SIGN_OFF);
static_assert(static_cast<int>(EventKind::kShiftOpen) == XSELL_EVENT_SHIFT_OPEN);
static_assert(static_cast<int>(EventKind::kShiftClose) == XSELL_EVENT_SHIFT_CLOSE);
static_assert(static_cast<int>(EventKind::kLaneLoad) == XSELL_EVENT_LANE_LOAD);
static_assert(static_cast<int>(EventKind::kStockChanged) == XSELL_EVENT_STOCK_CHANGED);
static_assert(static_cast<int>(EventKind::kConnectivity) == XSELL_EVENT_CONNECTIVITY);
static_assert(static_cast<int>(EventKind::kSnooze) == XSELL_EVENT_SNOOZE);
static_assert(static_cast<int>(EventKind::kIdle) == XSELL_EVENT_IDLE);
static_assert(static_cast<int>(EventKind::kTransactionBegin) == XSELL_EVENT_TRANSACTION_BEGIN);
static_assert(static_cast<int>(EventKind::kTransactionFinalised) ==
              XSELL_EVENT_TRANSACTION_FINALISED);
static_assert(static_cast<int>(EventKind::kTransactionVoided) == XSELL_EVENT_TRANSACTION_VOIDED);
static_assert(static_cast<int>(EventKind::kTransactionSuspended) ==
              XSELL_EVENT_TRANSACTION_SUSPENDED);
static_assert(static_cast<int>(EventKind::kTransactionRecalled) ==
              XSELL_EVENT_TRANSACTION_RECALLED);
static_assert(static_cast<int>(EventKind::kPostVoid) == XSELL_EVENT_POST_VOID);
static_assert(static_cast<int>(EventKind::kCustomerIdentified) == XSELL_EVENT_CUSTOMER_IDENTIFIED);
static_assert(static_cast<int>(EventKind::kCustomerCleared) == XSELL_EVENT_CUSTOMER_CLEARED);
static_assert(static_cast<int>(EventKind::kSubtotal) == XSELL_EVENT_SUBTOTAL);
static_assert(static_cast<int>(EventKind::kTenderBegin) == XSELL_EVENT_TENDER_BEGIN);
static_assert(static_cast<int>(EventKind::kTenderVoided) == XSELL_EVENT_TENDER_VOIDED);
static_assert(static_cast<int>(EventKind::kLineAdded) == XSELL_EVENT_LINE_ADDED);
static_assert(static_cast<int>(EventKind::kQuantityChanged) == XSELL_EVENT_QUANTITY_CHANGED);
static_assert(static_cast<int>(EventKind::kLineVoided) == XSELL_EVENT_LINE_VOIDED);
static_assert(static_cast<int>(EventKind::kPriceOverridden) == XSELL_EVENT_PRICE_OVERRIDDEN);
static_assert(static_cast<int>(EventKind::kReturnLine) == XSELL_EVENT_RETURN_LINE);
static_assert(static_cast<int>(EventKind::kItemInquiry) == XSELL_EVENT_ITEM_INQUIRY);
static_assert(static_cast<int>(EventKind::kPromotionApplied) == XSELL_EVENT_PROMOTION_APPLIED);
static_assert(static_cast<int>(EventKind::kCouponApplied) == XSELL_EVENT_COUPON_APPLIED);
static_assert(static_cast<int>(EventKind::kPromptShown) == XSELL_EVENT_PROMPT_SHOWN);
static_assert(static_cast<int>(EventKind::kPromptAccepted) == XSELL_EVENT_PROMPT_ACCEPTED);
static_assert(static_cast<int>(EventKind::kPromptDeclined) == XSELL_EVENT_PROMPT_DECLINED);
static_assert(static_cast<int>(EventKind::kPromptExpired) == XSELL_EVENT_PROMPT_EXPIRED);
static_assert(static_cast<int>(rules::TransactionType::kOther) == XSELL_TRANSACTION_OTHER);
static_assert(static_cast<int>(rules::EntryMethod::kList) == XSELL_ENTRY_LIST);
static_assert(static_cast<int>(rules::DeclineReason::kOther) == XSELL_DECLINE_OTHER);

// The first release's sizes: smaller structs are refused, members appended later read as zero.
template <typename T>
constexpr uint32_t kFirstSize = sizeof(T);
template <>
constexpr uint32_t kFirstSize<xsell_event_customer> = offsetof(xsell_event_customer, recent_items);

// Copies what both sides know of a struct; the rest stays zero.
template <typename T>
xsell_status copy_sized(const void* from, uint32_t size, T& to) noexcept {
  if (size < kFirstSize<T>) return XSELL_ERROR_STRUCT_SIZE;
  std::memset(&to, 0, sizeof to);
  std::memcpy(&to, from, std::min<size_t>(size, sizeof to));
  return XSELL_OK;
}

template <typename T>
xsell_status copy_event(const xsell_event_header* event, T& to) noexcept {
  return copy_sized(event, event->struct_size, to);
}

xsell_status read_text(const xsell_str& from, std::string_view& to) noexcept {
  if (from.size == 0) {
    to = {};
    return XSELL_OK;
  }
  if (!from.data) return XSELL_ERROR_ARGUMENT;
  if (from.size > EventReader::kMaxTextBytes) return XSELL_ERROR_TEXT;
  to = {from.data, static_cast<size_t>(from.size)};
  return rules::is_printable_utf8(to) ? XSELL_OK : XSELL_ERROR_TEXT;
}

// The element at `index` of an array whose writer may know more members, or fewer, than this
// version.
const char* element(const xsell_array& array, uint32_t index) noexcept {
  return static_cast<const char*>(array.items) + size_t{index} * array.stride;
}

xsell_status check_array(const xsell_array& array, size_t least_stride) noexcept {
  if (array.count == 0) return XSELL_OK;
  if (!array.items) return XSELL_ERROR_ARGUMENT;
  return array.stride < least_stride ? XSELL_ERROR_STRUCT_SIZE : XSELL_OK;
}

// One of the array's structs, each of which tells its size. Requires: check_array() accepted it.
template <typename T>
xsell_status copy_element(const xsell_array& array, uint32_t index, T& to) noexcept {
  const char* at = element(array, index);
  uint32_t size = 0;
  std::memcpy(&size, at, sizeof size);
  return size > array.stride ? XSELL_ERROR_STRUCT_SIZE : copy_sized(at, size, to);
}

uint64_t read_number(std::string_view text) noexcept {
  uint64_t number = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

int32_t clamp(uint32_t value) noexcept {
  return static_cast<int32_t>(std::min<uint32_t>(value, 1u << 30));
}

xsell_status read_key(const xsell_transaction_key& from, rules::TransactionKey& to) noexcept {
  std::string_view number;
  std::string_view id;
  xsell_status status = read_text(from.business_unit, to.business_unit);
  if (status == XSELL_OK) status = read_text(from.workstation, to.workstation);
  if (status == XSELL_OK) status = read_text(from.business_day_date, to.business_day);
  if (status == XSELL_OK) status = read_text(from.sequence_number, number);
  if (status == XSELL_OK) status = read_text(from.transaction_id, id);
  to.number = read_number(number);
  return status;
}

void read_workstation_type(uint32_t type, Event& out) noexcept {
  if (type == XSELL_WORKSTATION_AS_CONFIGURED || type > XSELL_WORKSTATION_KIOSK) return;
  out.has_workstation_type = true;
  out.workstation_type = static_cast<rules::WorkstationType>(type - 1);
}
static_assert(static_cast<int>(rules::WorkstationType::staffed) == XSELL_WORKSTATION_STAFFED - 1);
static_assert(static_cast<int>(rules::WorkstationType::kiosk) == XSELL_WORKSTATION_KIOSK - 1);

}  // namespace

EventReader::EventReader(rules::ScanLayouts layouts) : layouts_(std::move(layouts)) {
  items_.reserve(kMaxLines);
  lines_.reserve(kMaxLines);
  segments_.reserve(kMaxSegments);
  recent_items_.reserve(kMaxRecentItems);
  near_misses_.reserve(kMaxNearMisses);
}

xsell_status EventReader::read(const xsell_event_header* event, Event& out) noexcept {
  out = Event{};
  items_.clear();
  if (!event) return XSELL_ERROR_ARGUMENT;
  if (event->struct_size < sizeof(xsell_event_header)) return XSELL_ERROR_STRUCT_SIZE;
  if (event->space != XSELL_EVENT_SPACE_CORE) return XSELL_OK;
  out.transaction = event->transaction;
  out.sequence = event->sequence;
  out.monotonic_ns = event->monotonic_ns;
  out.local_time_s = event->local_time_s;
  out.phase = event->phase == XSELL_PHASE_ABOUT_TO_HAPPEN ? rules::EventPhase::kAboutToHappen
                                                          : rules::EventPhase::kDone;
  return read_core(event, out);
}

xsell_status EventReader::read_core(const xsell_event_header* event, Event& out) noexcept {
  xsell_status status = XSELL_OK;
  switch (event->kind) {
    case XSELL_EVENT_OPERATOR_SIGN_ON:
    case XSELL_EVENT_OPERATOR_SIGN_OFF: {
      xsell_event_operator from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_text(from.operator_id, out.operator_id);
      if (status == XSELL_OK) status = read_text(from.role, out.operator_role);
      if (status == XSELL_OK) status = read_text(from.language, out.operator_language);
      if (status == XSELL_OK) out.operator_age = clamp(from.age_years);
      break;
    }
    case XSELL_EVENT_SHIFT_OPEN:
    case XSELL_EVENT_SHIFT_CLOSE: {
      xsell_event_shift from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_text(from.business_day_date, out.business_day);
      break;
    }
    case XSELL_EVENT_LANE_LOAD: {
      xsell_event_lane_load from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      if (from.flags & XSELL_LANE_LOAD_QUEUE_LENGTH) out.queue_length = clamp(from.queue_length);
      if (from.flags & XSELL_LANE_LOAD_LINES_PER_MINUTE) {
        out.lines_per_minute = clamp(from.lines_per_minute);
      }
      break;
    }
    case XSELL_EVENT_STOCK_CHANGED: {
      xsell_event_stock_changed from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      status = read_text(from.item, out.line.item);
      out.line.quantity_milli = from.on_hand_milli;
      break;
    }
    case XSELL_EVENT_CONNECTIVITY: {
      xsell_event_connectivity from;
      status = copy_event(event, from);
      if (status == XSELL_OK) out.is_online = from.is_online != 0;
      break;
    }
    case XSELL_EVENT_SNOOZE: {
      xsell_event_snooze from;
      status = copy_event(event, from);
      if (status == XSELL_OK) out.snooze_s = clamp(from.duration_s);
      break;
    }
    case XSELL_EVENT_IDLE:
    case XSELL_EVENT_TRANSACTION_VOIDED:
    case XSELL_EVENT_TRANSACTION_SUSPENDED:
    case XSELL_EVENT_CUSTOMER_CLEARED:
      break;
    case XSELL_EVENT_TRANSACTION_BEGIN: {
      xsell_event_transaction_begin from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      status = read_key(from.key, out.key);
      if (status == XSELL_OK) status = read_text(from.operator_id, out.operator_id);
      if (status == XSELL_OK) status = read_text(from.currency, out.currency);
      out.transaction_type = from.type > XSELL_TRANSACTION_OTHER
                                 ? rules::TransactionType::kOther
                                 : static_cast<rules::TransactionType>(from.type);
      out.is_training = (from.flags & XSELL_TRANSACTION_TRAINING) != 0;
      read_workstation_type(from.workstation_type, out);
      break;
    }
    case XSELL_EVENT_TRANSACTION_FINALISED: {
      xsell_event_transaction_finalised from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      out.amount_minor = from.total_minor;
      status = read_lines(from.lines, out);
      break;
    }
    case XSELL_EVENT_TRANSACTION_RECALLED: {
      xsell_event_transaction_recalled from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_key(from.key, out.key);
      if (status == XSELL_OK) status = read_lines(from.lines, out);
      break;
    }
    case XSELL_EVENT_POST_VOID: {
      xsell_event_post_void from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_key(from.original, out.key);
      break;
    }
    case XSELL_EVENT_CUSTOMER_IDENTIFIED: {
      xsell_event_customer from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      status = read_text(from.customer_id, out.customer);
      if (status == XSELL_OK) status = read_segments(from.segments, out);
      if (status == XSELL_OK) status = read_recent_items(from.recent_items, out);
      out.visits = clamp(from.visits);
      out.has_consent = (from.flags & XSELL_CUSTOMER_CONSENT_PERSONAL) != 0;
      out.is_opted_out = (from.flags & XSELL_CUSTOMER_OPTED_OUT) != 0;
      out.customer_age = clamp(from.verified_age_years);
      break;
    }
    case XSELL_EVENT_SUBTOTAL:
    case XSELL_EVENT_TENDER_BEGIN:
    case XSELL_EVENT_TENDER_VOIDED: {
      xsell_event_amount from;
      status = copy_event(event, from);
      if (status == XSELL_OK) out.amount_minor = from.amount_minor;
      break;
    }
    case XSELL_EVENT_LINE_ADDED: {
      xsell_event_line from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_line(from.line, out.line);
      break;
    }
    case XSELL_EVENT_QUANTITY_CHANGED: {
      xsell_event_quantity_changed from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      out.line.line = from.line;
      out.line.quantity_milli = from.quantity_milli;
      break;
    }
    case XSELL_EVENT_LINE_VOIDED: {
      xsell_event_line_voided from;
      status = copy_event(event, from);
      if (status == XSELL_OK) out.line.line = from.line;
      break;
    }
    case XSELL_EVENT_PRICE_OVERRIDDEN: {
      xsell_event_price_overridden from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      std::string_view reason;
      status = read_text(from.reason, reason);
      out.line.line = from.line;
      out.line.unit_price_minor = from.unit_price_minor;
      out.line.has_price = true;
      break;
    }
    case XSELL_EVENT_RETURN_LINE: {
      xsell_event_return_line from;
      status = copy_event(event, from);
      if (status == XSELL_OK) status = read_key(from.original, out.key);
      if (status == XSELL_OK) status = read_line(from.line, out.line);
      break;
    }
    case XSELL_EVENT_ITEM_INQUIRY: {
      xsell_event_item_inquiry from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      status = read_item(from.item, from.raw_scan, out.line);
      if (status == XSELL_OK) status = read_text(from.category, out.line.category);
      break;
    }
    case XSELL_EVENT_PROMOTION_APPLIED:
    case XSELL_EVENT_COUPON_APPLIED: {
      xsell_event_promotion from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      status = read_text(from.promotion, out.promotion);
      if (status == XSELL_OK) status = read_text(from.coupon, out.coupon);
      if (status == XSELL_OK) status = read_near_misses(from.near_misses, out);
      out.line.line = from.line;
      out.saving_minor = from.saving_minor;
      break;
    }
    case XSELL_EVENT_PROMPT_SHOWN:
    case XSELL_EVENT_PROMPT_ACCEPTED:
    case XSELL_EVENT_PROMPT_DECLINED:
    case XSELL_EVENT_PROMPT_EXPIRED: {
      xsell_event_prompt from;
      status = copy_event(event, from);
      if (status != XSELL_OK) break;
      out.prompt_id = from.prompt;
      out.line.line = from.line;
      out.elapsed_ms = from.elapsed_ms;
      out.decline_reason = from.decline_reason > XSELL_DECLINE_OTHER
                               ? rules::DeclineReason::kOther
                               : static_cast<rules::DeclineReason>(from.decline_reason);
      break;
    }
    default:
      return XSELL_OK;
  }
  out.kind = static_cast<EventKind>(event->kind);
  return status;
}

xsell_status EventReader::read_line(const xsell_line& told, rules::EventLine& out) noexcept {
  xsell_line line;
  xsell_status status = copy_sized(&told, told.struct_size, line);
  if (status != XSELL_OK) return status;
  out.quantity_milli = line.quantity_milli;
  out.amount_minor = line.amount_minor;
  out.has_amount = (line.flags & XSELL_LINE_AMOUNT_KNOWN) != 0;
  status = read_item(line.item, line.raw_scan, out);
  if (status == XSELL_OK) status = read_text(line.category, out.category);
  if (status != XSELL_OK) return status;
  out.line = line.line;
  out.unit_price_minor = line.unit_price_minor;
  out.parent_line = line.parent_line;
  out.prompt_id = line.prompt;
  out.minimum_age = clamp(line.minimum_customer_age);
  out.entry_method = line.entry_method > XSELL_ENTRY_LIST
                         ? rules::EntryMethod::kNotTold
                         : static_cast<rules::EntryMethod>(line.entry_method);
  out.has_price = (line.flags & XSELL_LINE_PRICE_KNOWN) != 0;
  out.is_voided = (line.flags & XSELL_LINE_VOIDED) != 0;
  out.is_return = (line.flags & XSELL_LINE_RETURN) != 0;
  return XSELL_OK;
}

// What the till has made of the scan counts; what it leaves out is taken from the code.
xsell_status EventReader::read_item(const xsell_str& item, const xsell_str& raw_scan,
                                    rules::EventLine& out) noexcept {
  if (item.size != 0 || raw_scan.size == 0) return read_text(item, out.item);
  if (!raw_scan.data) return XSELL_ERROR_ARGUMENT;
  if (raw_scan.size > kMaxTextBytes) return XSELL_ERROR_TEXT;
  if (items_.size() == kMaxLines) return XSELL_ERROR_BASKET_FULL;
  const rules::ScannedCode code =
      rules::read_scan({raw_scan.data, static_cast<size_t>(raw_scan.size)}, layouts_);
  if (code.problem != rules::ScanProblem::none || !rules::is_printable_utf8(code.item())) {
    return XSELL_ERROR_TEXT;
  }
  items_.push_back(code.bytes);
  out.item = {items_.back().data(), code.size};
  if (out.quantity_milli == 0) out.quantity_milli = code.quantity_milli;
  if (!out.has_amount && code.amount_minor >= 0) {
    out.amount_minor = code.amount_minor;
    out.has_amount = true;
  }
  return XSELL_OK;
}

xsell_status EventReader::read_lines(const xsell_array& array, Event& out) noexcept {
  lines_.clear();
  xsell_status status = check_array(array, kFirstSize<xsell_line>);
  if (status != XSELL_OK) return status;
  if (array.count > kMaxLines) return XSELL_ERROR_BASKET_FULL;
  for (uint32_t i = 0; i < array.count; ++i) {
    xsell_line line;
    std::memset(&line, 0, sizeof line);
    std::memcpy(&line, element(array, i), std::min<size_t>(array.stride, sizeof line));
    if (line.struct_size > array.stride) return XSELL_ERROR_STRUCT_SIZE;
    status = read_line(line, lines_.emplace_back());
    if (status != XSELL_OK) return status;
  }
  out.lines = lines_;
  out.has_lines = array.count != 0;
  return XSELL_OK;
}

xsell_status EventReader::read_segments(const xsell_array& array, Event& out) noexcept {
  segments_.clear();
  xsell_status status = check_array(array, sizeof(xsell_str));
  if (status != XSELL_OK) return status;
  if (array.count > kMaxSegments) return XSELL_ERROR_ARGUMENT;
  for (uint32_t i = 0; i < array.count; ++i) {
    xsell_str text;
    std::memcpy(&text, element(array, i), sizeof text);
    status = read_text(text, segments_.emplace_back());
    if (status != XSELL_OK) return status;
  }
  out.segments = segments_;
  return XSELL_OK;
}

xsell_status EventReader::read_recent_items(const xsell_array& array, Event& out) noexcept {
  recent_items_.clear();
  xsell_status status = check_array(array, kFirstSize<xsell_recent_item>);
  if (status != XSELL_OK) return status;
  const auto count = std::min<size_t>(array.count, kMaxRecentItems);
  for (uint32_t i = 0; i < count; ++i) {
    xsell_recent_item from;
    status = copy_element(array, i, from);
    if (status != XSELL_OK) return status;
    rules::RecentPurchase& to = recent_items_.emplace_back();
    status = read_text(from.item, to.item);
    if (status != XSELL_OK) return status;
    to.times = std::max(1, clamp(from.times));
    to.days_ago = clamp(from.days_ago);
  }
  out.recent_items = recent_items_;
  return XSELL_OK;
}

xsell_status EventReader::read_near_misses(const xsell_array& array, Event& out) noexcept {
  near_misses_.clear();
  xsell_status status = check_array(array, kFirstSize<xsell_near_miss>);
  if (status != XSELL_OK) return status;
  if (array.count > kMaxNearMisses) return XSELL_ERROR_ARGUMENT;
  for (uint32_t i = 0; i < array.count; ++i) {
    xsell_near_miss from;
    status = copy_element(array, i, from);
    if (status != XSELL_OK) return status;
    rules::NearMiss& to = near_misses_.emplace_back();
    status = read_text(from.promotion, to.promotion);
    if (status != XSELL_OK) return status;
    to.missing_count = clamp(from.missing_count);
    to.saving_minor = from.saving_minor;
  }
  out.near_misses = near_misses_;
  return XSELL_OK;
}

}  // namespace xsell::plugin

#include "tests/contract/till_event.h"

#include <algorithm>

namespace xsell::contract {

namespace {

using rules::EventKind;

xsell_str str(std::string_view text) { return {text.data(), text.size()}; }

xsell_line line_of(const rules::EventLine& from) {
  xsell_line line = {};
  line.struct_size = sizeof line;
  if (from.has_price) line.flags |= XSELL_LINE_PRICE_KNOWN;
  if (from.has_amount) line.flags |= XSELL_LINE_AMOUNT_KNOWN;
  if (from.is_voided) line.flags |= XSELL_LINE_VOIDED;
  if (from.is_return) line.flags |= XSELL_LINE_RETURN;
  line.line = from.line;
  line.item = str(from.item);
  line.category = str(from.category);
  line.quantity_milli = from.quantity_milli;
  line.unit_price_minor = from.unit_price_minor;
  line.amount_minor = from.amount_minor;
  line.prompt = from.prompt_id;
  line.minimum_customer_age = static_cast<std::uint32_t>(from.minimum_age);
  return line;
}

template <typename Value>
xsell_array array_of(const std::vector<Value>& values) {
  return {values.empty() ? nullptr : values.data(), static_cast<std::uint32_t>(values.size()),
          sizeof(Value)};
}

xsell_transaction_key key_of(const rules::TransactionKey& from, std::string& number) {
  if (from.number != 0) number = std::to_string(from.number);
  xsell_transaction_key key = {};
  key.business_unit = str(from.business_unit);
  key.workstation = str(from.workstation);
  key.business_day_date = str(from.business_day);
  key.sequence_number = str(number);
  return key;
}

}  // namespace

TillEvent::TillEvent(const rules::Event& event) { fill(event); }

const xsell_event_header* TillEvent::header() const {
  return std::visit(
      [](const auto& told) { return reinterpret_cast<const xsell_event_header*>(&told); }, event_);
}

template <typename Struct>
Struct& TillEvent::make(const rules::Event& event) {
  Struct& told = event_.emplace<Struct>();
  auto& header = reinterpret_cast<xsell_event_header&>(told);
  xsell_event_init(&header, sizeof told, static_cast<std::uint16_t>(event.kind));
  header.transaction = event.transaction;
  header.sequence = event.sequence;
  header.monotonic_ns = event.monotonic_ns;
  header.local_time_s = event.local_time_s;
  header.phase = event.phase == rules::EventPhase::kAboutToHappen ? XSELL_PHASE_ABOUT_TO_HAPPEN
                                                                  : XSELL_PHASE_DONE;
  return told;
}

void TillEvent::put_lines(const rules::Event& event, xsell_array& out) {
  for (const rules::EventLine& line : event.lines) lines_.push_back(line_of(line));
  out = array_of(lines_);
}

void TillEvent::fill(const rules::Event& event) {
  switch (event.kind) {
    case EventKind::kOperatorSignOn:
    case EventKind::kOperatorSignOff: {
      auto& told = make<xsell_event_operator>(event);
      told.operator_id = str(event.operator_id);
      told.role = str(event.operator_role);
      told.language = str(event.operator_language);
      told.age_years = static_cast<std::uint32_t>(event.operator_age);
      break;
    }
    case EventKind::kShiftOpen:
    case EventKind::kShiftClose:
      make<xsell_event_shift>(event).business_day_date = str(event.business_day);
      break;
    case EventKind::kLaneLoad: {
      auto& told = make<xsell_event_lane_load>(event);
      if (event.queue_length >= 0) told.flags |= XSELL_LANE_LOAD_QUEUE_LENGTH;
      if (event.lines_per_minute >= 0) told.flags |= XSELL_LANE_LOAD_LINES_PER_MINUTE;
      told.queue_length = static_cast<std::uint32_t>(std::max(0, event.queue_length));
      told.lines_per_minute = static_cast<std::uint32_t>(std::max(0, event.lines_per_minute));
      break;
    }
    case EventKind::kStockChanged: {
      auto& told = make<xsell_event_stock_changed>(event);
      told.item = str(event.line.item);
      told.on_hand_milli = event.line.quantity_milli;
      break;
    }
    case EventKind::kSnooze:
      make<xsell_event_snooze>(event).duration_s = static_cast<std::uint32_t>(event.snooze_s);
      break;
    case EventKind::kTransactionBegin: {
      auto& told = make<xsell_event_transaction_begin>(event);
      told.key = key_of(event.key, number_);
      told.operator_id = str(event.operator_id);
      told.type = static_cast<std::uint32_t>(event.transaction_type);
      told.flags = event.is_training ? XSELL_TRANSACTION_TRAINING : 0;
      break;
    }
    case EventKind::kTransactionFinalised:
      put_lines(event, make<xsell_event_transaction_finalised>(event).lines);
      break;
    case EventKind::kTransactionRecalled: {
      auto& told = make<xsell_event_transaction_recalled>(event);
      told.key = key_of(event.key, number_);
      put_lines(event, told.lines);
      break;
    }
    case EventKind::kPostVoid:
      make<xsell_event_post_void>(event).original = key_of(event.key, number_);
      break;
    case EventKind::kCustomerIdentified: {
      auto& told = make<xsell_event_customer>(event);
      told.customer_id = str(event.customer);
      for (const std::string_view segment : event.segments) segments_.push_back(str(segment));
      told.segments = array_of(segments_);
      for (const rules::RecentPurchase& recent : event.recent_items) {
        recent_items_.push_back({sizeof(xsell_recent_item),
                                 static_cast<std::uint32_t>(recent.times),
                                 static_cast<std::uint32_t>(recent.days_ago), 0, str(recent.item)});
      }
      told.recent_items = array_of(recent_items_);
      told.visits = static_cast<std::uint32_t>(event.visits);
      if (event.is_opted_out) told.flags |= XSELL_CUSTOMER_OPTED_OUT;
      if (event.has_consent) told.flags |= XSELL_CUSTOMER_CONSENT_PERSONAL;
      told.verified_age_years = static_cast<std::uint32_t>(event.customer_age);
      break;
    }
    case EventKind::kSubtotal:
    case EventKind::kTenderBegin:
    case EventKind::kTenderVoided:
      make<xsell_event_amount>(event).amount_minor = event.amount_minor;
      break;
    case EventKind::kLineAdded:
      make<xsell_event_line>(event).line = line_of(event.line);
      break;
    case EventKind::kQuantityChanged: {
      auto& told = make<xsell_event_quantity_changed>(event);
      told.line = event.line.line;
      told.quantity_milli = event.line.quantity_milli;
      break;
    }
    case EventKind::kLineVoided:
      make<xsell_event_line_voided>(event).line = event.line.line;
      break;
    case EventKind::kPriceOverridden: {
      auto& told = make<xsell_event_price_overridden>(event);
      told.line = event.line.line;
      told.unit_price_minor = event.line.unit_price_minor;
      break;
    }
    case EventKind::kReturnLine: {
      auto& told = make<xsell_event_return_line>(event);
      told.original = key_of(event.key, number_);
      told.line = line_of(event.line);
      break;
    }
    case EventKind::kItemInquiry:
      make<xsell_event_item_inquiry>(event).item = str(event.line.item);
      break;
    case EventKind::kPromotionApplied:
    case EventKind::kCouponApplied: {
      auto& told = make<xsell_event_promotion>(event);
      told.promotion = str(event.promotion);
      for (const rules::NearMiss& from : event.near_misses) {
        xsell_near_miss near = {};
        near.struct_size = sizeof near;
        near.promotion = str(from.promotion);
        near.missing_count = static_cast<std::uint32_t>(from.missing_count);
        near.saving_minor = from.saving_minor;
        near_misses_.push_back(near);
      }
      told.near_misses = array_of(near_misses_);
      break;
    }
    case EventKind::kPromptShown:
    case EventKind::kPromptAccepted:
    case EventKind::kPromptDeclined:
    case EventKind::kPromptExpired: {
      auto& told = make<xsell_event_prompt>(event);
      told.prompt = event.prompt_id;
      told.line = event.line.line;
      told.elapsed_ms = static_cast<std::uint32_t>(event.elapsed_ms);
      told.decline_reason = static_cast<std::uint32_t>(event.decline_reason);
      break;
    }
    default:
      make<xsell_event_header>(event);
      break;
  }
}

}  // namespace xsell::contract

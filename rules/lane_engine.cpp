#include "rules/lane_engine.h"

#include <algorithm>

#include "rules/lane_state.h"
#include "rules/local_time.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

bool belongs_to_transaction(EventKind kind) {
  switch (kind) {
    case EventKind::kTransactionFinalised:
    case EventKind::kTransactionVoided:
    case EventKind::kTransactionSuspended:
    case EventKind::kSubtotal:
    case EventKind::kTenderBegin:
    case EventKind::kTenderVoided:
    case EventKind::kLineAdded:
    case EventKind::kQuantityChanged:
    case EventKind::kLineVoided:
    case EventKind::kPriceOverridden:
    case EventKind::kReturnLine:
    case EventKind::kPromotionApplied:
    case EventKind::kCouponApplied:
    case EventKind::kPromptShown:
    case EventKind::kPromptAccepted:
    case EventKind::kPromptDeclined:
    case EventKind::kPromptExpired:
      return true;
    default:
      return false;
  }
}

}  // namespace

LaneEngine::State::State(const LaneScope& lane_scope, OutcomeSink* sink)
    : scope(lane_scope),
      outcomes(sink),
      no_rules(compile(RuleSet(), Catalogue(), lane_scope)),
      rules(no_rules.get()) {
  lane.promotions = &transaction.promotions;
}

bool LaneEngine::State::is_stale(const Event& event) {
  if (event.sequence == 0) return false;
  if (event.sequence <= last_sequence) return true;
  last_sequence = event.sequence;
  return false;
}

void LaneEngine::State::keep_time(const Event& event) {
  const std::int64_t told_ms = static_cast<std::int64_t>(event.monotonic_ns) / kNsPerMs;
  const std::int64_t now_ms = event.monotonic_ns != 0 ? told_ms : event.local_time_s * 1000;
  const std::int64_t passed_ms = std::max<std::int64_t>(0, now_ms - lane.now_ms);
  if (event.local_time_s != 0) {
    lane.local_time_s = event.local_time_s;
  } else if (lane.now_ms != 0) {
    lane.local_time_s += passed_ms / 1000;
  }
  lane.now_ms = std::max(lane.now_ms, now_ms);
}

void LaneEngine::State::sign_on(const Event& event) {
  lane.operator_id.assign(event.operator_id);
  lane.operator_hash = event.operator_id.empty() ? 0 : stable_hash(event.operator_id);
  if (event.kind == EventKind::kOperatorSignOn) {
    lane.operator_role.assign(event.operator_role);
    lane.language.assign(event.operator_language);
    lane.operator_age = event.operator_age;
    lane.role = index().names.find(lane.operator_role.view());
  }
  pacing.sign_on(lane.operator_hash);
  room_prompts.fill(0);  // perhaps in another language now
  is_answer_current = false;
  transaction.is_search_owed = true;
}

void LaneEngine::State::confirm_promotions(const Event& event) {
  transaction.promotions.clear();
  for (const NearMiss& near : event.near_misses) {
    transaction.promotions.push(
        {stable_hash(near.promotion), near.saving_minor, near.missing_count});
  }
  transaction.is_search_owed = true;
}

EventResult LaneEngine::State::take_feedback(const Event& event) {
  PromptRecord* record = transaction.log.find(event.prompt_id);
  if (record == nullptr) return EventResult::kUnknownPrompt;
  if (event.kind == EventKind::kPromptShown) return EventResult::kOk;
  // A customer may say yes to what the till has already taken away.
  const bool is_late_yes =
      event.kind == EventKind::kPromptAccepted && record->state == PromptState::expired;
  if (!record->is_open() && !is_late_yes) return EventResult::kOk;
  if (event.elapsed_ms > 0) record->response_ms = event.elapsed_ms;
  if (event.kind == EventKind::kPromptAccepted) {
    if (event.line.line != 0) record->resulting_line = event.line.line;
    close(*record, PromptState::accepted_touch);
  } else if (event.kind == EventKind::kPromptDeclined) {
    record->decline_reason = event.decline_reason;
    close(*record, PromptState::declined);
    pacing.add_decline(pacing_hash_of(*record), lane.customer_hash,
                       lane.local_time_s / kSecondsPerDay);
  } else {
    close(*record, PromptState::expired);
  }
  return EventResult::kOk;
}

EventResult LaneEngine::State::take(const Event& event, Moment& moment) {
  moment = Moment::feedback;
  if (belongs_to_transaction(event.kind)) {
    const bool is_other = event.transaction != 0 && event.transaction != transaction.id;
    if (!transaction.is_open || is_other) return EventResult::kOtherTransaction;
  }
  switch (event.kind) {
    case EventKind::kOperatorSignOn:
    case EventKind::kOperatorSignOff:
      sign_on(event);
      break;
    case EventKind::kShiftOpen:
      shift_business_day.assign(event.business_day);
      break;
    case EventKind::kShiftClose:
      shift_business_day.assign({});
      break;
    case EventKind::kLaneLoad:
      if (event.queue_length >= 0) lane.queue_length = event.queue_length;
      if (event.lines_per_minute >= 0) lane.lines_per_minute = event.lines_per_minute;
      break;
    case EventKind::kStockChanged:
      if (const auto key = ItemKey::from_text(event.line.item)) {
        stock.set(key->view(), event.line.quantity_milli);
        is_answer_current = false;
        transaction.is_search_owed = true;
        break;
      }
      return EventResult::kBadItem;
    case EventKind::kSnooze:
      pacing.snooze_until(event.snooze_s == 0 ? 0 : lane.local_time_s + event.snooze_s);
      if (event.snooze_s != 0) close_open_prompts(PromptState::withdrawn);
      transaction.is_search_owed = true;
      break;
    case EventKind::kConnectivity:
    case EventKind::kIdle:
      break;
    case EventKind::kTransactionBegin:
      // Told twice, or by two hooks.
      if (transaction.is_open && event.transaction == transaction.id && event.transaction != 0)
        break;
      begin(event);
      break;
    case EventKind::kTransactionFinalised:
      if (event.has_lines) reconcile(event.lines);
      end(TransactionEnd::kFinalised);
      break;
    case EventKind::kTransactionVoided:
      end(TransactionEnd::kVoided);
      break;
    case EventKind::kTransactionSuspended:
      suspend();
      break;
    case EventKind::kTransactionRecalled:
      recall(event);
      moment = Moment::basket;
      break;
    case EventKind::kPostVoid:
      post_void(event);
      break;
    case EventKind::kCustomerIdentified:
      identify_customer(event);
      moment = Moment::basket;
      break;
    case EventKind::kCustomerCleared:
      clear_customer();
      moment = Moment::basket;
      break;
    case EventKind::kSubtotal:
      moment = Moment::subtotal;
      break;
    case EventKind::kTenderBegin:
      transaction.is_in_tender = true;
      close_open_prompts(PromptState::expired);
      break;
    case EventKind::kTenderVoided:
      transaction.is_in_tender = false;
      transaction.is_search_owed = true;
      moment = Moment::basket;
      break;
    case EventKind::kLineAdded:
      moment = Moment::basket;
      return add_line(event.line);
    case EventKind::kQuantityChanged:
      moment = Moment::basket;
      return change_quantity(event.line);
    case EventKind::kLineVoided:
      moment = Moment::basket;
      return void_line(event.line);
    case EventKind::kPriceOverridden:
      moment = Moment::basket;
      return override_price(event.line);
    case EventKind::kReturnLine:
      return return_line(event);
    case EventKind::kItemInquiry:
      moment = Moment::inquiry;
      break;
    case EventKind::kPromotionApplied:
    case EventKind::kCouponApplied:
      confirm_promotions(event);
      moment = Moment::basket;
      break;
    case EventKind::kPromptShown:
    case EventKind::kPromptAccepted:
    case EventKind::kPromptDeclined:
    case EventKind::kPromptExpired:
      return take_feedback(event);
    default:
      return EventResult::kIgnored;
  }
  return EventResult::kOk;
}

LaneEngine::LaneEngine(const LaneScope& scope, OutcomeSink* sink)
    : state_(std::make_unique<State>(scope, sink)) {}

LaneEngine::~LaneEngine() = default;

const Answer& LaneEngine::on_event(const Event& event) noexcept {
  State& state = *state_;
  Moment moment = Moment::feedback;
  if (state.is_stale(event)) {
    state.answer.result = EventResult::kStale;
  } else {
    state.keep_time(event);
    state.answer.result = state.take(event, moment);
  }
  if (state.answer.result != EventResult::kOk) moment = Moment::feedback;
  state.respond(moment, event);
  return state.answer;
}

CompiledRuleSet* LaneEngine::adopt(CompiledRuleSet* rules) noexcept {
  State& state = *state_;
  if (state.transaction.is_open) state.end(TransactionEnd::kAbandoned);
  state.workspace().evidence.forget_customer();
  CompiledRuleSet* previous = state.rules == state.no_rules.get() ? nullptr : state.rules;
  state.rules = rules == nullptr ? state.no_rules.get() : rules;
  ++state.rule_set_serial;
  state.lane.role = state.index().names.find(state.lane.operator_role.view());
  state.lane.segment_count = 0;
  state.lane.past.clear();
  state.room_prompts.fill(0);
  state.answer.count = 0;
  state.is_answer_current = false;
  state.is_search_current = false;
  return previous;
}

bool LaneEngine::is_in_transaction() const noexcept { return state_->transaction.is_open; }

void LaneEngine::set_disabled(bool is_disabled) noexcept {
  State& state = *state_;
  // What was scanned meanwhile may speak once the switch is lifted.
  if (state.is_disabled && !is_disabled) state.transaction.is_search_owed = true;
  state.is_disabled = is_disabled;
}

bool LaneEngine::set_rule_disabled(std::string_view rule_id, bool is_disabled) noexcept {
  State& state = *state_;
  const std::uint32_t rule = state.index().rule_ids.find(rule_id);
  if (rule == kNoId) return false;
  state.workspace().set_disabled(rule, is_disabled);
  state.transaction.is_search_owed = true;
  return true;
}

void LaneEngine::set_trace(LaneTrace* trace) noexcept { state_->trace = trace; }

const PacingSnapshot& LaneEngine::pacing() const noexcept { return state_->pacing.snapshot(); }

void LaneEngine::copy_pacing(PacingCopy& copy) const noexcept { state_->pacing.copy_to(copy); }

bool LaneEngine::restore_pacing(const PacingSnapshot& snapshot) noexcept {
  return state_->pacing.restore(snapshot);
}

}  // namespace xsell::rules

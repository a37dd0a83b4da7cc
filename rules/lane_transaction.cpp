// How transactions begin, end, are parked and recalled, and whose they are.
#include <algorithm>

#include "rules/lane_state.h"
#include "rules/local_time.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

std::uint32_t group_with_hash(const RuleIndex& index, std::uint64_t hash) {
  const auto& groups = index.group_hashes;
  const auto found = std::find(groups.begin(), groups.end(), hash);
  return hash == 0 || found == groups.end() ? kNoId
                                            : static_cast<std::uint32_t>(found - groups.begin());
}

void put_key(Transaction& transaction, const Event& event, const LaneScope& scope,
             std::string_view shift_day) {
  const TransactionKey& key = event.key;
  transaction.id = event.transaction;
  transaction.number = key.number;
  transaction.business_unit.assign(key.business_unit.empty() ? scope.business_unit
                                                             : key.business_unit);
  transaction.workstation.assign(key.workstation.empty() ? scope.workstation : key.workstation);
  transaction.business_day.assign(key.business_day.empty() ? shift_day : key.business_day);
}

}  // namespace

void LaneEngine::State::begin(const Event& event) {
  if (transaction.is_open) end(TransactionEnd::kAbandoned);
  pacing.begin_transaction();
  transaction.reset();
  put_key(transaction, event, scope, shift_business_day.view());
  if (transaction.business_day.view().empty()) {
    // Ten characters stay within the string object: nothing is allocated.
    transaction.business_day.assign(
        format_date(static_cast<std::int32_t>(lane.local_time_s / kSecondsPerDay)));
  }
  transaction.begin_ms = lane.now_ms;
  transaction.type = event.transaction_type;
  transaction.is_training = event.is_training;
  transaction.is_open = true;
  if (!event.operator_id.empty()) sign_on(event);
  draw_arm();
}

void LaneEngine::State::draw_arm() {
  transaction.hash = StableHash()
                         .add(transaction.business_unit.view())
                         .add(transaction.workstation.view())
                         .add(transaction.business_day.view())
                         .add(transaction.number)
                         .add(transaction.id)
                         .value();
  const ExperimentPolicy& experiment = index().policy.experiment;
  if (experiment.id.empty() || transaction.log.prompt_count > 0) return;
  StableHash hash;
  hash.add(experiment.salt);
  if (experiment.unit == ExperimentUnit::customer && lane.customer_hash != 0) {
    hash.add(lane.customer_hash);
  } else {
    hash.add(transaction.hash);
  }
  const bool is_held_out =
      hash.value() % 10'000 < static_cast<std::uint64_t>(experiment.hold_out_percent) * 100;
  transaction.arm = is_held_out ? ExperimentArm::kHeldOut : ExperimentArm::kTreated;
}

void LaneEngine::State::end(TransactionEnd end) {
  if (!transaction.is_open) return;
  close_open_prompts(end == TransactionEnd::kFinalised ? PromptState::expired
                                                       : PromptState::withdrawn);
  if (transaction.is_recorded()) {
    for (std::size_t i = 0; i < transaction.log.size(); ++i)
      outcomes.ended(scene(), transaction.log.at(i), end);
    if (transaction.type == TransactionType::kSale && !transaction.is_post_void) {
      outcomes.basket(scene(), end);
    }
  }
  transaction.is_open = false;
  transaction.log.clear();
  is_answer_current = false;
  is_search_current = false;
  basket().clear();
  forget_customer();
}

void LaneEngine::State::close_open_prompts(PromptState state) {
  transaction.log.for_each_live([&](PromptRecord& record) {
    if (record.is_open()) close(record, state);
  });
}

void LaneEngine::State::close(PromptRecord& record, PromptState state, DropReason why) {
  transaction.log.set_state(record, state);
  record.ended_at_ms = lane.now_ms;
  is_answer_current = false;
  is_search_current = false;
  transaction.is_search_owed = true;  // its place is free
  tally(record);
  if (trace != nullptr) trace->on_ended(record, state, why);
}

// Budgets count what was accepted; what is never accepted falls silent.
void LaneEngine::State::tally(const PromptRecord& record) {
  const bool is_accepted =
      record.state == PromptState::accepted_touch || record.state == PromptState::accepted_scan;
  const bool has_budget = record.entry != kNoId && index().form_of(record.entry).budget > 0;
  if (is_accepted && (has_budget || is_muting())) pacing.add_accepted(pacing_hash_of(record));
  const bool is_refused =
      record.state == PromptState::declined || record.state == PromptState::expired;
  if (is_refused && is_muting() && !record.is_hidden) {
    pacing.mute_if_unwanted(pacing_hash_of(record), lane.local_time_s / kSecondsPerDay,
                            index().policy.auto_mute);
  }
}

// Its rule set may be another one at the recall.
void LaneEngine::State::keep_names() {
  for (std::size_t i = 0; i < transaction.log.size(); ++i) {
    PromptRecord& record = transaction.log.at(i);
    if (record.has_kept_names) continue;
    PromptNames& names = transaction.log.names(record);
    names.rule_id = rule_id_of(index(), record);
    names.item.assign(key_of(index(), record.item));
    names.trigger.assign(key_of(index(), record.trigger_item));
    record.has_kept_names = true;
  }
}

// What pacing knows its rule by, over transactions and rule sets.
std::uint64_t LaneEngine::State::pacing_hash_of(const PromptRecord& record) const {
  if (record.has_kept_names) {
    const PromptNames& names = transaction.log.names(record);
    return stable_hash(record.is_mined ? names.item.view() : names.rule_id.view());
  }
  if (record.is_mined) return stable_hash(key_of(index(), record.item));
  return stable_hash(rule_id_of(index(), record).view());
}

void LaneEngine::State::suspend() {
  if (!transaction.is_open) return;
  SuspendedTransaction& slot = suspended.slot();
  if (slot.order != 0 && slot.transaction.is_recorded()) {
    // Pushed out: nobody will tell what became of it.
    const OutcomeWriter::Scene forgotten{index(), slot.transaction, lane, nullptr};
    for (std::size_t i = 0; i < slot.transaction.log.size(); ++i)
      outcomes.ended(forgotten, slot.transaction.log.at(i), TransactionEnd::kAbandoned);
    outcomes.basket(forgotten, TransactionEnd::kAbandoned);
  }
  keep_names();
  slot.transaction = transaction;
  slot.customer = lane;
  slot.rule_set = rule_set_serial;
  slot.lines.clear();
  for (const BasketLine& line : basket().lines()) {
    SuspendedLine parked{line, {}, {}};
    if (line.item != kNoId) {
      parked.item = ItemKey::from_text(index().items.keys.text(line.item)).value_or(ItemKey());
    }
    if (line.category != kNoId) parked.category.assign(index().categories.text(line.category));
    slot.lines.push(parked);
  }
  suspended.take_order(slot);
  transaction.is_open = false;
  transaction.log.clear();
  is_answer_current = false;
  is_search_current = false;
  basket().clear();
  forget_customer();
}

void LaneEngine::State::recall(const Event& event) {
  SuspendedTransaction* slot = suspended.find(event.transaction);
  if (transaction.is_open && transaction.id == event.transaction) {
    if (event.has_lines) reconcile(event.lines);
    return;
  }
  if (slot == nullptr) {
    // Parked at another lane, or too long ago: a new one, with the lines the host tells.
    begin(event);
    if (event.has_lines) reconcile(event.lines);
    return;
  }
  if (transaction.is_open) end(TransactionEnd::kAbandoned);
  transaction = slot->transaction;
  slot->order = 0;
  forget_customer();
  lane.customer_hash = slot->customer.customer_hash;
  lane.customer_age = slot->customer.customer_age;
  lane.is_opted_out = slot->customer.is_opted_out;
  const bool is_same_rules = slot->rule_set == rule_set_serial;
  if (is_same_rules) {
    lane.segments = slot->customer.segments;
    lane.segment_count = slot->customer.segment_count;
    lane.past = slot->customer.past;
    workspace().evidence.identify(lane.past);
  }
  is_answer_current = false;
  is_search_current = false;
  for (std::size_t i = 0; i < transaction.log.size(); ++i) {
    PromptRecord& record = transaction.log.at(i);
    if (is_same_rules) {
      if (record.is_open()) record.has_kept_names = false;
      continue;
    }
    // The rules have changed meanwhile: what was shown counts on, but nothing stays open.
    if (record.is_open()) close(record, PromptState::withdrawn);
    record.entry = kNoId;
    const PromptNames& names = transaction.log.names(record);
    if (!record.is_mined) record.rule = index().rule_ids.find(names.rule_id.view());
    record.group = group_with_hash(index(), record.group_hash);
    record.item = index().items.keys.find(names.item.view());
    record.product = record.item == kNoId ? kNoId : index().items.product(record.item);
    record.trigger_item = index().items.keys.find(names.trigger.view());
    transaction.log.renew(record);
  }
  for (const SuspendedLine& parked : slot->lines) {
    BasketLine line = parked.line;
    line.item = index().items.keys.find(parked.item.view());
    line.category = index().categories.find(parked.category.view());
    line.is_voided = false;
    if (!basket().add(line)) break;
    if (parked.line.is_voided) basket().void_line(*basket().find(line.number));
  }
  if (event.has_lines) reconcile(event.lines);
  transaction.is_in_tender = false;
  transaction.is_search_owed = true;
}

// Within a transaction of its own kind, or outside of any.
void LaneEngine::State::post_void(const Event& event) {
  if (transaction.is_open) {
    transaction.is_post_void = true;
    if (!transaction.is_training) outcomes.post_voided(scene(), event);
    return;
  }
  Transaction none;
  none.id = event.transaction;
  none.business_unit.assign(scope.business_unit);
  none.workstation.assign(scope.workstation);
  none.business_day.assign(shift_business_day.view());
  outcomes.post_voided({index(), none, lane, nullptr}, event);
}

void LaneEngine::State::identify_customer(const Event& event) {
  forget_customer();
  lane.customer_hash = event.customer.empty() ? 0 : stable_hash(event.customer);
  lane.customer_age = event.customer_age;
  lane.is_opted_out = event.is_opted_out;
  for (const std::string_view segment : event.segments) {
    const std::uint32_t name = index().names.find(segment);
    if (name != kNoId && lane.segment_count < kMaxSegments)
      lane.segments[lane.segment_count++] = name;
  }
  if (event.has_consent) remember_past(event);
  if (transaction.is_open) draw_arm();
  transaction.is_search_owed = true;
  is_answer_current = false;
}

// Only what the rule set can make an offer of.
void LaneEngine::State::remember_past(const Event& event) {
  for (const RecentPurchase& recent : event.recent_items) {
    std::uint32_t item = kNoId;
    if (!index().items.keys.find_told(recent.item, item) || item == kNoId) continue;
    const RecentItem one{item, std::max(1, recent.times), std::max(0, recent.days_ago)};
    if (!lane.past.items.push(one)) break;
  }
  lane.past.visits = event.visits;
  workspace().evidence.identify(lane.past);
}

void LaneEngine::State::forget_customer() {
  lane.clear_customer();
  workspace().evidence.forget_customer();
}

void LaneEngine::State::clear_customer() {
  forget_customer();
  is_answer_current = false;
  transaction.is_search_owed = true;
}

}  // namespace xsell::rules

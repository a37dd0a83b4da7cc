#include "rules/outcome_writer.h"

#include "rules/prompt_text.h"

namespace xsell::rules {

namespace {

OutcomeKind kind_of(const PromptRecord& record) {
  if (record.is_hidden) return OutcomeKind::kHeldOut;
  switch (record.state) {
    case PromptState::open:
    case PromptState::expired:
      return OutcomeKind::kExpired;
    case PromptState::accepted_touch:
      return OutcomeKind::kAcceptedTouch;
    case PromptState::accepted_scan:
      return OutcomeKind::kAcceptedScan;
    case PromptState::declined:
      return OutcomeKind::kDeclined;
    case PromptState::withdrawn:
    case PromptState::pushed_out:
      return OutcomeKind::kWithdrawn;
  }
  return OutcomeKind::kWithdrawn;
}

void put_original(Outcome& outcome, const TransactionKey& original) {
  outcome.original_number = original.number;
  outcome.original_business_unit.assign(original.business_unit);
  outcome.original_workstation.assign(original.workstation);
  outcome.original_business_day.assign(original.business_day);
}

}  // namespace

Outcome OutcomeWriter::base(const Scene& scene, OutcomeKind kind) const {
  const Transaction& transaction = scene.transaction;
  Outcome outcome;
  outcome.kind = kind;
  outcome.arm = transaction.arm;
  outcome.rule_set_version = scene.index.version;
  outcome.transaction = transaction.id;
  outcome.transaction_number = transaction.number;
  outcome.local_time_s = scene.lane.local_time_s;
  outcome.business_unit = transaction.business_unit;
  outcome.workstation = transaction.workstation;
  outcome.business_day = transaction.business_day;
  outcome.operator_id = scene.lane.operator_id;
  outcome.currency.assign(scene.index.currency.view());
  if (transaction.arm != ExperimentArm::kNone) {
    outcome.experiment.assign(scene.index.policy.experiment.id);
  }
  return outcome;
}

Outcome OutcomeWriter::of_prompt(const Scene& scene, const PromptRecord& record,
                                 OutcomeKind kind) const {
  Outcome outcome = base(scene, kind);
  outcome.prompt_id = record.prompt_id;
  outcome.offer = offer_of_ordinal(record.ordinal);
  if (record.has_kept_names) {
    const PromptNames& names = scene.transaction.log.names(record);
    outcome.rule_id = names.rule_id;
    outcome.offered_item = names.item;
    outcome.trigger_item = names.trigger;
  } else {
    outcome.rule_id = rule_id_of(scene.index, record);
    outcome.offered_item.assign(key_of(scene.index, record.item));
    outcome.trigger_item.assign(key_of(scene.index, record.trigger_item));
  }
  outcome.trigger_line = record.trigger_lines.is_empty() ? 0 : record.trigger_lines[0];
  outcome.is_mined = record.is_mined;
  outcome.relation = static_cast<std::uint8_t>(record.relation);
  outcome.shown_ms = record.shown_at_ms - scene.transaction.begin_ms;
  return outcome;
}

void OutcomeWriter::shown(const Scene& scene, const PromptRecord& record) {
  if (sink_ == nullptr) return;
  sink_->put(of_prompt(scene, record, OutcomeKind::kShown));
}

void OutcomeWriter::ended(const Scene& scene, const PromptRecord& record, TransactionEnd end) {
  if (sink_ == nullptr) return;
  Outcome outcome = of_prompt(scene, record, kind_of(record));
  outcome.transaction_end = end;
  outcome.reason = record.decline_reason;
  outcome.response_ms =
      record.response_ms > 0 ? record.response_ms : record.ended_at_ms - record.shown_at_ms;
  outcome.resulting_line = record.resulting_line;
  outcome.is_voided = end == TransactionEnd::kVoided || end == TransactionEnd::kAbandoned;
  const auto lines =
      scene.basket == nullptr ? std::span<const BasketLine>() : scene.basket->lines();
  for (const BasketLine& line : lines) {
    if (line.is_voided) {
      if (line.number == record.resulting_line) outcome.is_voided = true;
    } else if (record.product != kNoId && line.item != kNoId &&
               scene.index.items.product(line.item) == record.product) {
      outcome.quantity_milli += line.quantity_milli;
      outcome.amount_minor += line.amount_minor;
    }
  }
  sink_->put(outcome);
}

void OutcomeWriter::basket(const Scene& scene, TransactionEnd end) {
  if (sink_ == nullptr) return;
  Outcome outcome = base(scene, OutcomeKind::kBasket);
  outcome.transaction_end = end;
  outcome.is_voided = end == TransactionEnd::kVoided || end == TransactionEnd::kAbandoned;
  if (scene.basket != nullptr) {
    outcome.quantity_milli = scene.basket->quantity_milli();
    outcome.amount_minor = scene.basket->amount_minor();
    outcome.line_count = scene.basket->line_count();
  }
  outcome.prompt_count = scene.transaction.log.prompt_count;
  outcome.shown_ms = scene.lane.now_ms - scene.transaction.begin_ms;
  sink_->put(outcome);
}

void OutcomeWriter::returned(const Scene& scene, const Event& event, std::string_view item_key) {
  if (sink_ == nullptr) return;
  Outcome outcome = base(scene, OutcomeKind::kReturned);
  put_original(outcome, event.key);
  outcome.offered_item.assign(item_key);
  outcome.resulting_line = event.line.line;
  outcome.quantity_milli = event.line.quantity_milli;
  outcome.amount_minor = event.line.has_amount
                             ? event.line.amount_minor
                             : event.line.unit_price_minor * event.line.quantity_milli / 1000;
  outcome.is_returned = true;
  sink_->put(outcome);
}

void OutcomeWriter::post_voided(const Scene& scene, const Event& event) {
  if (sink_ == nullptr) return;
  Outcome outcome = base(scene, OutcomeKind::kPostVoided);
  put_original(outcome, event.key);
  outcome.is_voided = true;
  sink_->put(outcome);
}

}  // namespace xsell::rules

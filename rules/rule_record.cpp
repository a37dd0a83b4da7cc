#include "rules/rule_record.h"

#include <limits>

namespace xsell::rules {

std::string_view value_of(const TextTable& parts, Part part) {
  return parts.text(part.id).substr(1);
}

std::string_view name_of(const TextTable& parts, Part part) { return value_of(parts, part); }

Part RuleRecorder::part_of(PartKind kind, const auto& value) {
  scratch_.assign(1, static_cast<char>(kind));
  PackWriter pack(scratch_);
  fields(pack, value);
  return {parts_.add(scratch_)};
}

Part RuleRecorder::text(const LocalisedText& text) {
  return text.is_empty() ? Part() : part_of(PartKind::text, text);
}

Part RuleRecorder::name(const std::string& name) {
  scratch_.assign(1, static_cast<char>(PartKind::name));
  scratch_ += name;
  return {parts_.add(scratch_)};
}

Part RuleRecorder::selector(const ItemSelector& selector) {
  return selector.is_empty() ? Part() : part_of(PartKind::selector, selector);
}

void RuleRecorder::add_condition(const Condition& condition) {
  ConditionRecord& node = record_.condition.emplace_back();
  node.kind = condition.kind;
  node.child_count = static_cast<std::uint32_t>(condition.children.size());
  node.min = condition.min;
  if (condition.max != kNoMaximum) node.max = condition.max;
  node.currency = condition.currency;
  node.selector = selector(condition.selector);
  if (condition.kind == ConditionKind::segment) {
    node.segments = part_of(PartKind::segments, condition.segments);
  }
  if (condition.kind == ConditionKind::near_miss || condition.kind == ConditionKind::context) {
    node.text = name(condition.text);
  }
  for (const Condition& child : condition.children) add_condition(child);
}

void RuleRecorder::add_offer(const Offer& offer) {
  OfferRecord& record = record_.offers.emplace_back();
  record.target = selector(offer.target);
  record.location = text(offer.location);
  if (offer.benefit && !offer.benefit->promotion.empty()) {
    record.promotion = name(offer.benefit->promotion);
    if (offer.benefit->saving) record.saving_minor = offer.benefit->saving->amount_minor;
  }
  record.select_by = offer.select_by;
  record.is_rotating = offer.is_rotating;
  record.is_quantity_per_trigger = offer.is_quantity_per_trigger;
  record.select_limit = offer.select_limit;
  record.score_millionths = offer.score_millionths;
  record.quantity_milli = offer.quantity_milli;
  record.minimum_customer_age = offer.minimum_customer_age;
  record.minimum_operator_age = offer.minimum_operator_age;
  record.require = offer.require;
}

const RuleRecord& RuleRecorder::record(const Rule& rule) {
  record_.rule_id = rule.rule_id;
  record_.is_enabled = rule.is_enabled;
  record_.is_pinned = rule.is_pinned;
  record_.is_required = rule.prompt.is_required;
  record_.is_once = rule.pacing.once_per_transaction;
  record_.priority = rule.priority;
  record_.frequency_percent = rule.pacing.frequency_percent;
  record_.timeout_seconds = rule.prompt.timeout_seconds;
  record_.moments = rule.moments;
  record_.source = rule.source;
  record_.relation = rule.relation;
  record_.kind = rule.prompt.kind;
  record_.mode = rule.prompt.mode;
  record_.schedule = {};
  if (rule.effective_s || rule.expires_s || !rule.time_windows.empty()) {
    record_.schedule =
        part_of(PartKind::schedule,
                Schedule{rule.effective_s.value_or(std::numeric_limits<std::int64_t>::min()),
                         rule.expires_s.value_or(std::numeric_limits<std::int64_t>::max()),
                         rule.time_windows});
  }
  record_.audience =
      rule.audience == Audience() ? Part() : part_of(PartKind::audience, rule.audience);
  record_.operator_text = text(rule.prompt.operator_text);
  record_.customer_text = text(rule.prompt.customer_text);
  record_.line_display = text(rule.prompt.line_display);
  record_.reason = text(rule.prompt.reason);
  record_.exclusive_group =
      rule.pacing.exclusive_group.empty() ? Part() : name(rule.pacing.exclusive_group);
  record_.budget = rule.pacing.budget;
  record_.condition.clear();
  add_condition(rule.condition);
  record_.offers.clear();
  for (const Offer& offer : rule.offers) add_offer(offer);
  return record_;
}

}  // namespace xsell::rules

#include "rules/rule_compiler.h"

#include <algorithm>
#include <limits>

#include "rules/rank_key.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

template <typename Values, typename Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool intersects(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& text) { return contains(b, text); });
}

bool is_for_lane(const Audience& audience, const LaneScope& scope) {
  if (contains(audience.exclude_business_units, scope.business_unit)) return false;
  if (intersects(audience.exclude_business_unit_groups, scope.business_unit_groups)) return false;
  if (audience.business_units.empty() && audience.business_unit_groups.empty()) return true;
  return contains(audience.business_units, scope.business_unit) ||
         intersects(audience.business_unit_groups, scope.business_unit_groups);
}

bool is_same_class_welcome(Relation relation) {
  return relation == Relation::accessory || relation == Relation::bundle_completion ||
         relation == Relation::replenishment || relation == Relation::upsell ||
         relation == Relation::substitute;
}

bool is_empty(const OfferChecks& checks) {
  return checks.on_hand_min_milli == 0 && checks.max_price_ratio_millionths == 0 &&
         checks.customer_age == 0 && checks.operator_age == 0 && !checks.is_class_guarded;
}

}  // namespace

RuleCompiler::RuleCompiler(const RuleSet& rule_set, const Catalogue& catalogue,
                           const LaneScope& scope, std::uint64_t version)
    : rule_set_(rule_set),
      catalogue_(catalogue),
      texts_(index_),
      terms_(rule_set, catalogue),
      items_(index_, texts_) {
  index_.policy = rule_set.policy;
  index_.scope = scope;
  index_.version = version;
  index_.currency = scope.currency.is_empty() ? rule_set.policy.currency : scope.currency;
  index_.gates.emplace_back();
}

void RuleCompiler::run() {
  items_.add_catalogue(catalogue_, rule_set_.policy);
  index_.rules.reserve(rule_set_.rules.size());
  candidates_.reserve(rule_set_.rules.size());
  for (const Rule& rule : rule_set_.rules) add_rule(rule);
  add_pairs();
  items_.place_terms(catalogue_, terms_);
  fill_target_lists();
  rank();
  place_postings();
  index_.schedule_edges.put_in_order();

  report_.pairs = index_.pairs.values().size();
  report_.items = index_.items.size();
  for (const auto& postings : index_.postings) report_.index_bytes += postings.bytes();
  report_.index_bytes += index_.gates.size() * sizeof(Gate) +
                         index_.entry_key.size() * sizeof(std::uint64_t) +
                         index_.conditions.size() * sizeof(ConditionNode) + index_.pairs.bytes();
}

void RuleCompiler::drop(std::uint32_t rule, DropReason reason) {
  drops_.emplace_back(rule, reason);
}

DropReason RuleCompiler::refusal_of(const Rule& rule) const {
  if (!rule.is_enabled) return DropReason::kDisabled;
  if (!is_for_lane(rule.audience, index_.scope)) return DropReason::kOtherLane;
  const auto& lanes = rule.audience.workstation_types;
  if (!lanes.empty() && !contains(lanes, index_.scope.workstation_type))
    return DropReason::kOtherLane;
  if (rule.pacing.budget) return DropReason::kUnsupported;
  return DropReason::kNone;
}

void RuleCompiler::add_rule(const Rule& rule) {
  const auto id = static_cast<std::uint32_t>(index_.rules.size());
  RuleDetail detail;
  detail.rule_id = index_.names.add(rule.rule_id);
  detail.hash = stable_hash(rule.rule_id);
  detail.operator_text = texts_.add(rule.prompt.operator_text);
  detail.customer_text = texts_.add(rule.prompt.customer_text);
  detail.line_display = texts_.add(rule.prompt.line_display);
  detail.reason = texts_.add(rule.prompt.reason);
  detail.timeout_seconds = rule.prompt.timeout_seconds;
  detail.relation = rule.relation;
  detail.kind = rule.prompt.kind;
  detail.mode = rule.prompt.mode;
  detail.moments = rule.moments;
  detail.frequency_percent =
      static_cast<std::uint8_t>(std::clamp(rule.pacing.frequency_percent, 0, 100));
  detail.is_required = rule.prompt.is_required;
  detail.is_once = rule.pacing.once_per_transaction;
  if (!rule.pacing.exclusive_group.empty()) detail.group = groups_.add(rule.pacing.exclusive_group);

  DropReason refused = refusal_of(rule);
  CompiledCondition condition;
  if (refused == DropReason::kNone) {
    condition = compile_condition(rule.condition, terms_, index_);
    refused = condition.refused;
  }
  detail.only_term = condition.only_term;
  detail.condition = condition.root;
  conditions_.push_back(std::move(condition));
  index_.rules.push_back(detail);
  if (refused != DropReason::kNone) {
    drop(id, refused);
    if (refused == DropReason::kDisabled) ++report_.rules_disabled;
    if (refused == DropReason::kOtherLane) ++report_.rules_other_lane;
    if (refused == DropReason::kUnsupported) ++report_.rules_unsupported;
    if (refused == DropReason::kUnknownTarget) ++report_.rules_without_target;
    return;
  }

  const std::size_t before = candidates_.size();
  if (detail.kind == PromptKind::information) {
    add_information(rule);
  } else {
    std::uint32_t ordinal = 0;
    for (const Offer& offer : rule.offers) add_offer(rule, offer, ordinal++);
  }
  if (candidates_.size() > before) {
    ++report_.rules_active;
    index_.has_required = index_.has_required || detail.is_required;
  } else {
    ++report_.rules_without_target;
  }
}

void RuleCompiler::add_information(const Rule& rule) {
  Candidate candidate;
  candidate.offer.rule = static_cast<std::uint32_t>(index_.rules.size() - 1);
  candidate.offer.quantity_milli = 0;
  candidate.offer.gate = add_gate(rule, {});
  candidate.key = rank_key(rule.prompt.is_required, rule.is_pinned, rule.priority, 0);
  candidates_.push_back(candidate);
}

void RuleCompiler::add_offer(const Rule& rule, const Offer& offer, std::uint32_t ordinal) {
  const auto id = static_cast<std::uint32_t>(index_.rules.size() - 1);
  const std::uint32_t term = terms_.term_of(offer.target);
  if (term == kNoId) return drop(id, DropReason::kUnknownTarget);

  Candidate candidate;
  OfferDetail& detail = candidate.offer;
  OfferChecks checks;
  checks.on_hand_min_milli = offer.require.on_hand_min_milli;
  checks.max_price_ratio_millionths = offer.require.max_price_ratio_millionths;
  checks.customer_age = offer.minimum_customer_age;
  checks.operator_age = offer.minimum_operator_age;
  checks.is_class_guarded = !is_same_class_welcome(rule.relation);
  if (const ItemKey* key = terms_.single_item(term)) {
    detail.item = items_.add_mentioned(*key);
    DropReason reason = check_item(offer, detail.item);
    if (reason == DropReason::kNone) reason = check_class(detail.item, checks.is_class_guarded);
    if (reason != DropReason::kNone) return drop(id, reason);
    checks.customer_age = std::max(checks.customer_age, index_.items.minimum_age[detail.item]);
  } else {
    detail.list = static_cast<std::uint32_t>(target_lists_.size());
    target_lists_.push_back({term, &offer});
  }
  detail.rule = id;
  detail.ordinal = ordinal;
  detail.location = texts_.add(offer.location);
  if (offer.benefit && !offer.benefit->promotion.empty()) {
    detail.promotion = index_.names.add(offer.benefit->promotion);
    if (offer.benefit->saving) detail.saving_minor = offer.benefit->saving->amount_minor;
  }
  detail.quantity_milli = offer.quantity_milli;
  detail.floor_price_minor = offer.require.floor_price_minor;
  detail.is_quantity_per_trigger = offer.is_quantity_per_trigger;
  detail.is_rotating = offer.is_rotating;
  detail.needs_assortment = offer.require.in_assortment;
  detail.gate = add_gate(rule, checks);
  candidate.key = rank_key(rule.prompt.is_required, rule.is_pinned, rule.priority,
                           score_of_probability(offer.score_millionths));
  candidates_.push_back(candidate);
}

// What is known of an item before the lane opens. Without a catalogue every item counts as sold
// here.
DropReason RuleCompiler::check_item(const Offer& offer, std::uint32_t item) const {
  const ItemColumns& items = index_.items;
  if (items.is_never_suggested[item] != 0) return DropReason::kNeverSuggest;
  if (offer.require.in_assortment && !catalogue_.items.empty() &&
      items.is_in_assortment[item] == 0) {
    return DropReason::kNotInAssortment;
  }
  if (items.price_minor[item] >= 0 && items.price_minor[item] < offer.require.floor_price_minor) {
    return DropReason::kFloorPrice;
  }
  return DropReason::kNone;
}

// Rules from item to item are settled here; for others the basket's lines decide.
DropReason RuleCompiler::check_class(std::uint32_t item, bool& needs_check) const {
  if (!needs_check) return DropReason::kNone;
  const std::uint32_t item_class = index_.items.item_class[item];
  needs_check = item_class != kNoId;
  if (!needs_check) return DropReason::kNone;
  const CompiledCondition& condition = conditions_.back();
  if (condition.only_term == kNoId) return DropReason::kNone;
  const ItemKey* trigger = terms_.single_item(condition.only_term);
  if (trigger == nullptr) return DropReason::kNone;
  const std::uint32_t trigger_item = index_.items.keys.find(trigger->view());
  needs_check = false;
  const bool is_same = trigger_item != kNoId && index_.items.item_class[trigger_item] == item_class;
  return is_same ? DropReason::kSameClass : DropReason::kNone;
}

std::uint32_t RuleCompiler::add_gate(const Rule& rule, const OfferChecks& checks) {
  Gate gate;
  const RuleDetail& detail = index_.rules.back();
  if (detail.only_term == kNoId) gate.condition = detail.condition;
  if (rule.effective_s || rule.expires_s || !rule.time_windows.empty()) {
    gate.schedule = static_cast<std::uint32_t>(index_.schedules.size());
    index_.schedules.push_back({rule.effective_s.value_or(std::numeric_limits<std::int64_t>::min()),
                                rule.expires_s.value_or(std::numeric_limits<std::int64_t>::max()),
                                rule.time_windows});
    index_.schedule_edges.add(index_.schedules.back());
  }
  const Audience& audience = rule.audience;
  if (!audience.operator_roles.empty() || !audience.segments.is_empty() ||
      !audience.is_for_anonymous) {
    gate.audience = compile_segments(audience.segments, index_);
    CompiledAudience& compiled = index_.audiences.back();
    compiled.is_for_anonymous = audience.is_for_anonymous;
    for (const std::string& role : audience.operator_roles) {
      compiled.operator_roles.push_back(index_.names.add(role));
    }
  }
  if (!is_empty(checks)) {
    gate.checks = static_cast<std::uint32_t>(index_.checks.size());
    index_.checks.push_back(checks);
  }
  if (gate.condition == kNoId && gate.schedule == kNoId && gate.audience == kNoId &&
      gate.checks == kNoId) {
    return 0;
  }
  index_.gates.push_back(gate);
  return static_cast<std::uint32_t>(index_.gates.size() - 1);
}

}  // namespace xsell::rules

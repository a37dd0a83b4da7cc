#include "rules/rule_compiler.h"

#include <algorithm>

#include "rules/rank_key.h"
#include "rules/switched_on.h"

namespace xsell::rules {

namespace {

bool is_same_class_welcome(Relation relation) {
  return relation == Relation::accessory || relation == Relation::bundle_completion ||
         relation == Relation::replenishment || relation == Relation::upsell ||
         relation == Relation::substitute;
}

// Of the store's allotment, what this lane may have of it, and at least one.
std::uint32_t share_of(const Budget& budget, const LaneScope& scope) {
  std::int64_t share = budget.uses;
  if (budget.per_store > 0) {
    const std::int64_t own = std::max<std::int64_t>(1, budget.per_store / scope.lanes_in_store);
    share = share > 0 ? std::min(share, own) : own;
  }
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(share, 0, 0xffffffff));
}

bool is_empty(const OfferChecks& checks) {
  return checks.on_hand_min_milli == 0 && checks.max_price_ratio_millionths == 0 &&
         checks.customer_age == 0 && checks.operator_age == 0 && !checks.is_class_guarded;
}

}  // namespace

RuleCompiler::RuleCompiler(const Policy& policy, const std::vector<ItemSet>& sets,
                           const Catalogue& catalogue, const LaneScope& scope,
                           std::uint64_t version, const TextTable& parts)
    : catalogue_(catalogue),
      owned_index_(std::make_unique<RuleIndex>()),
      index_(*owned_index_),
      texts_(index_),
      items_(index_, texts_),
      terms_(sets, catalogue, index_, items_),
      parts_(parts, index_, texts_, terms_),
      conditions_(parts_, index_),
      forms_(index_.forms),
      gates_(index_.gates),
      passes_(index_.passes),
      checks_(index_.checks),
      target_list_ids_(target_lists_) {
  index_.policy = policy;
  if (policy.mined.is_enabled) index_.ranker.ranker = policy.mined.ranker;
  const ReplenishmentPolicy& replenishment = policy.mined.replenishment;
  if (policy.mined.is_enabled && replenishment.is_enabled) {
    index_.ranker.replenishment = replenishment.fit;
  }
  index_.scope = scope;
  index_.version = version;
  index_.currency = scope.currency.is_empty() ? policy.currency : scope.currency;
  gates_.add({});
  index_.mined_form.operator_text = texts_.add(policy.mined.operator_text);
  index_.mined_form.customer_text = texts_.add(policy.mined.customer_text);
  index_.mined_form.line_display = texts_.add(policy.mined.line_display);
  index_.mined_form.reason = texts_.add(policy.mined.reason);
  index_.replenishment_form.operator_text = texts_.add(replenishment.operator_text);
  index_.replenishment_form.customer_text = texts_.add(replenishment.customer_text);
  index_.replenishment_form.line_display = texts_.add(replenishment.line_display);
  index_.replenishment_form.reason = texts_.add(replenishment.reason);
  index_.has_catalogue = !catalogue.items.empty();
  items_.add_catalogue(catalogue, policy);
}

void RuleCompiler::reserve(std::size_t rule_count) {
  index_.requirements.reserve(rule_count);
  candidates_.reserve(rule_count + 1);
  hooks_.reserve(rule_count + rule_count / 4);
}

DropReason RuleCompiler::refusal_of(const RuleRecord& rule) {
  if (!is_switched_on(rule, index_.policy)) return DropReason::kDisabled;
  return parts_.is_for_lane(rule.audience) ? DropReason::kNone : DropReason::kOtherLane;
}

void RuleCompiler::count_refusal(DropReason reason) {
  if (reason == DropReason::kDisabled) ++report_.rules_disabled;
  if (reason == DropReason::kOtherLane) ++report_.rules_other_lane;
  if (reason == DropReason::kUnsupported) ++report_.rules_unsupported;
  if (reason == DropReason::kUnknownTarget) ++report_.rules_without_target;
}

void RuleCompiler::add(const RuleRecord& rule) {
  index_.rule_ids.add(rule.rule_id);
  BasketTest& test = index_.requirements.emplace_back();
  DropReason refused = refusal_of(rule);
  if (refused == DropReason::kNone) {
    condition_ = &conditions_.compile(rule.condition);
    refused = condition_->refused;
  }
  if (refused != DropReason::kNone) {
    drop(rule_id(), refused);
    count_refusal(refused);
    return;
  }
  test = condition_->test();

  const std::size_t before = candidates_.size();
  PromptForm form = form_of(rule);
  if (form.kind == PromptKind::information) {
    form.quantity_milli = 0;
    add_information(rule, form);
  } else {
    for (const OfferRecord& offer : rule.offers) {
      add_offer(rule, offer, form);
      ++form.ordinal;
    }
  }
  if (candidates_.size() > before) {
    ++report_.rules_active;
    index_.has_required = index_.has_required || form.is_required;
  } else {
    ++report_.rules_without_target;
  }
}

PromptForm RuleCompiler::form_of(const RuleRecord& rule) {
  PromptForm form;
  form.operator_text = parts_.text(rule.operator_text);
  form.customer_text = parts_.text(rule.customer_text);
  form.line_display = parts_.text(rule.line_display);
  form.reason = parts_.text(rule.reason);
  form.timeout_seconds = rule.timeout_seconds;
  form.relation = rule.relation;
  form.kind = rule.kind;
  form.mode = rule.mode;
  form.frequency_percent = static_cast<std::uint8_t>(std::clamp(rule.frequency_percent, 0, 100));
  form.is_required = rule.is_required;
  form.is_once = rule.is_once;
  if (rule.budget) form.budget = share_of(*rule.budget, index_.scope);
  form.group = parts_.group(rule.exclusive_group);
  return form;
}

void RuleCompiler::add_information(const RuleRecord& rule, const PromptForm& form) {
  Candidate candidate{};
  candidate.key = rank_key(form.is_required, rule.is_pinned, rule.priority, 0);
  candidate.entry = {rule_id(), kNoId, forms_.add(form)};
  candidate.identity = kIdentityInformation | rule_id();
  add_candidate(rule, candidate, {});
}

void RuleCompiler::add_offer(const RuleRecord& rule, const OfferRecord& offer, PromptForm form) {
  const std::uint32_t term = parts_.term(offer.target);
  if (term == kNoId) return drop(rule_id(), DropReason::kUnknownTarget, form.ordinal);

  Candidate candidate{};
  OfferChecks checks;
  checks.on_hand_min_milli = offer.require.on_hand_min_milli;
  checks.max_price_ratio_millionths = offer.require.max_price_ratio_millionths;
  checks.customer_age = offer.minimum_customer_age;
  checks.operator_age = offer.minimum_operator_age;
  checks.is_class_guarded = !is_same_class_welcome(rule.relation);
  candidate.entry.rule = rule_id();
  if (const std::uint32_t item = terms_.single_item(term); item != kNoId) {
    DropReason reason =
        check_item(offer.require.in_assortment, offer.require.floor_price_minor, item);
    if (reason == DropReason::kNone) reason = check_class(item, checks.is_class_guarded);
    if (reason != DropReason::kNone) return drop(rule_id(), reason, form.ordinal);
    checks.customer_age = std::max(checks.customer_age, index_.items.rows[item].minimum_age);
    candidate.entry.target = item;
    candidate.identity = index_.items.product(item);
  } else {
    candidate.entry.target =
        kTargetList | target_list_ids_.add({term, offer.select_by, offer.require.in_assortment,
                                            offer.require.floor_price_minor});
    candidate.identity = kIdentityList | term;
  }
  form.location = parts_.text(offer.location);
  form.promotion = parts_.name(offer.promotion);
  form.saving_minor = offer.saving_minor;
  form.quantity_milli = offer.quantity_milli;
  form.is_quantity_per_trigger = offer.is_quantity_per_trigger;
  form.is_rotating = offer.is_rotating;
  candidate.key = rank_key(form.is_required, rule.is_pinned, rule.priority,
                           score_of_probability(offer.score_millionths));
  const std::int32_t choices = candidate.entry.is_list() ? offer.select_limit : 1;
  for (std::int32_t nth = 0; nth < choices; ++nth) {
    candidate.entry.form = forms_.add(form);
    add_candidate(rule, candidate, checks);
    form.ordinal += kNthOrdinal;
    candidate.identity += kNthIdentity;
  }
}

void RuleCompiler::add_candidate(const RuleRecord& rule, const Candidate& candidate,
                                 const OfferChecks& checks) {
  candidates_.push_back(candidate);
  candidates_.back().hooks_begin = static_cast<std::uint32_t>(hooks_.size());
  add_hooks(rule, checks, add_gate(rule, checks));
}

// What is left of a gate once this term is held.
std::uint32_t RuleCompiler::gate_under(std::uint32_t term, std::uint32_t gate) const {
  if ((gate & kGateKind) != kGateIsCondition) return gate;
  const ConditionNode* node = &index_.conditions.nodes[gate & ~kGateKind];
  if (node->op != ConditionOp::all || node->size != 3) return gate;
  const auto asks_for = [&](const ConditionNode& part) {
    return part.op == ConditionOp::term_quantity && part.bounds == kPresent && part.term == term;
  };
  if (!asks_for(node[1]) && !asks_for(node[2])) return gate;
  const ConditionNode& other = asks_for(node[1]) ? node[2] : node[1];
  const bool is_absent = other.op == ConditionOp::term_absent;
  if (other.bounds != kPresent || (other.op != ConditionOp::term_quantity && !is_absent))
    return gate;
  return (is_absent ? kGateIsAbsentTerm : kGateIsHeldTerm) | other.term;
}

void RuleCompiler::add_hooks(const RuleRecord& rule, const OfferChecks& checks,
                             std::uint32_t gate) {
  const auto hang = [&](PostingKind kind, const std::vector<std::uint32_t>& terms) {
    for (const std::uint32_t term : terms) hooks_.emplace_back(kind, term, gate_under(term, gate));
  };
  if ((rule.moments & kMomentSubtotal) != 0) hang(PostingKind::subtotal, condition_->cover);
  if ((rule.moments & kMomentInquiry) != 0) hang(PostingKind::inquiry, condition_->positive);
  if ((rule.moments & kMomentLineAdded) == 0) return;
  if (condition_->is_live || condition_->cover.front() == kAnyTerm) {
    return hang(PostingKind::live, condition_->cover);
  }
  // A dearer line of a term that is there already can end a price ratio's objection.
  const bool asks_for_price = checks.max_price_ratio_millionths > 0;
  hang(asks_for_price ? PostingKind::more : PostingKind::first, condition_->first);
  hang(PostingKind::more, condition_->more);
}

// What is known of an item before the lane opens. Without a catalogue every item counts as sold
// here.
DropReason RuleCompiler::check_item(bool in_assortment, std::int64_t floor_price_minor,
                                    std::uint32_t item) const {
  const ItemColumns& items = index_.items;
  if (items.is_never_suggested[item] != 0) return DropReason::kNeverSuggest;
  if (in_assortment && index_.has_catalogue && items.is_in_assortment[item] == 0) {
    return DropReason::kNotInAssortment;
  }
  if (items.price_minor[item] >= 0 && items.price_minor[item] < floor_price_minor) {
    return DropReason::kFloorPrice;
  }
  return DropReason::kNone;
}

// Rules from item to item are settled here; for others the basket's lines decide.
DropReason RuleCompiler::check_class(std::uint32_t item, bool& needs_check) const {
  if (!needs_check) return DropReason::kNone;
  const std::uint32_t item_class = index_.items.item_class(item);
  needs_check = item_class != kNoId;
  if (!needs_check || condition_->only_term == kNoId) return DropReason::kNone;
  const std::uint32_t trigger = terms_.single_item(condition_->only_term);
  if (trigger == kNoId) return DropReason::kNone;
  needs_check = false;
  return index_.items.item_class(trigger) == item_class ? DropReason::kSameClass
                                                        : DropReason::kNone;
}

std::uint32_t RuleCompiler::add_gate(const RuleRecord& rule, const OfferChecks& checks) {
  Gate gate;
  gate.condition = condition_->root;
  const Pass pass = {parts_.schedule(rule.schedule), parts_.audience(rule.audience)};
  if (pass != Pass()) gate.pass = passes_.add(pass);
  if (!is_empty(checks)) gate.checks = checks_.add(checks);
  const bool is_mere_condition = gate.pass == kNoId && gate.checks == kNoId;
  if (is_mere_condition && gate.condition != kNoId) return gate.condition | kGateIsCondition;
  return gates_.add(gate);
}

}  // namespace xsell::rules

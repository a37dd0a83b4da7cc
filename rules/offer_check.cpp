#include "rules/offer_check.h"

#include <algorithm>

#include "rules/condition_eval.h"

namespace xsell::rules {

namespace {

bool is_out_of_stock(const Situation& now, std::uint32_t item, std::int64_t on_hand_min_milli) {
  if (now.stock.is_empty()) return false;
  const std::int64_t on_hand = now.stock.on_hand_milli(now.index.items.keys.text(item));
  return on_hand != kUnknownStock && (on_hand == 0 || on_hand < on_hand_min_milli);
}

// A basket that already asks for the customer's age may be offered what asks for no more.
bool is_under_age(const Situation& now, std::int32_t age) {
  return age > 0 && now.lane.customer_age < age && now.basket.minimum_age() < age;
}

bool is_of_trigger_class(const Situation& now, std::uint32_t rule, std::uint32_t item) {
  const std::uint32_t item_class = now.index.items.item_class(item);
  if (item_class == kNoId || now.basket.class_quantity(item_class) <= 0) return false;
  for (const BasketLine& line : now.basket.lines()) {
    if (line.is_voided || line.item == kNoId) continue;
    if (now.index.items.item_class(line.item) != item_class) continue;
    if (is_trigger(now.index, now.index.requirements[rule], now.basket, line)) return true;
  }
  return false;
}

// Against the dearest trigger, so that the order of the lines does not matter.
bool is_over_price_ratio(const Situation& now, std::uint32_t rule, std::uint32_t item,
                         std::int64_t ratio_millionths) {
  const std::int64_t price = now.index.items.price_minor[item];
  if (price < 0) return false;
  std::int64_t dearest = -1;
  for (const BasketLine& line : now.basket.lines()) {
    if (line.is_voided || line.unit_price_minor <= dearest) continue;
    if (is_trigger(now.index, now.index.requirements[rule], now.basket, line))
      dearest = line.unit_price_minor;
  }
  // Prices are below 2^31 and ratios below 2^31 millionths, so neither product overflows.
  return dearest >= 0 && price * 1'000'000 > dearest * ratio_millionths;
}

}  // namespace

namespace {

DropReason refusal_beside_condition(const Situation& now, const Gate& gate) {
  return gate.pass == kNoId ? DropReason::kNone : now.passes.refusal_of(gate.pass, now.lane);
}

}  // namespace

DropReason refusal_of_gate(const Situation& now, std::uint32_t id) {
  if (id == 0) return DropReason::kNone;
  const std::uint32_t kind = id & kGateKind;
  if (kind == kGateIsHeldTerm || kind == kGateIsAbsentTerm) {
    const bool is_open = now.basket.holds_term(id & ~kGateKind) == (kind == kGateIsHeldTerm);
    return is_open ? DropReason::kNone : DropReason::kCondition;
  }
  const Gate gate = now.index.gate(id);
  const DropReason reason = refusal_beside_condition(now, gate);
  if (reason != DropReason::kNone) return reason;
  if (gate.condition != kNoId && !holds(now.index, gate.condition, now.basket, now.lane)) {
    return DropReason::kCondition;
  }
  return DropReason::kNone;
}

DropReason refusal_of_item(const Situation& now, std::uint32_t rule, std::uint32_t gate,
                           std::uint32_t item) {
  if (now.basket.holds_product(now.index.items.product(item))) return DropReason::kInBasket;
  const std::uint32_t id = now.index.gate(gate).checks;
  const OfferChecks none;
  const OfferChecks& checks = id == kNoId ? none : now.index.checks[id];
  if (is_out_of_stock(now, item, checks.on_hand_min_milli)) return DropReason::kOutOfStock;
  if (is_under_age(now, std::max(checks.customer_age, now.index.items.rows[item].minimum_age))) {
    return DropReason::kUnderAge;
  }
  if (checks.operator_age > now.lane.operator_age) return DropReason::kUnderAge;
  if (id == kNoId) return DropReason::kNone;
  if (checks.max_price_ratio_millionths > 0 &&
      is_over_price_ratio(now, rule, item, checks.max_price_ratio_millionths)) {
    return DropReason::kPriceRatio;
  }
  if (checks.is_class_guarded && is_of_trigger_class(now, rule, item))
    return DropReason::kSameClass;
  return DropReason::kNone;
}

DropReason refusal_of_mined_item(const Situation& now, std::uint32_t item) {
  if (now.basket.holds_product(now.index.items.product(item))) return DropReason::kInBasket;
  if (is_out_of_stock(now, item, 0)) return DropReason::kOutOfStock;
  if (is_under_age(now, now.index.items.rows[item].minimum_age)) return DropReason::kUnderAge;
  return DropReason::kNone;
}

std::uint32_t choose_item(const Situation& now, const Entry& entry, std::uint32_t gate,
                          std::span<const std::uint32_t> taken, DropReason& reason) {
  const auto refusal_of = [&](std::uint32_t item) {
    const bool is_taken =
        std::find(taken.begin(), taken.end(), now.index.items.product(item)) != taken.end();
    return is_taken ? DropReason::kOutranked : refusal_of_item(now, entry.rule, gate, item);
  };
  if (entry.is_item()) {
    reason = refusal_of(entry.item());
    return reason == DropReason::kNone ? entry.item() : kNoId;
  }
  const auto list = now.index.target_lists.of(entry.list());
  reason = DropReason::kUnknownTarget;
  const bool is_rotating = now.index.forms[entry.form].is_rotating;
  const std::size_t first = is_rotating && !list.empty() ? now.rotation % list.size() : 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint32_t item = list[(first + i) % list.size()];
    reason = refusal_of(item);
    if (reason == DropReason::kNone) return item;
  }
  return kNoId;
}

DropReason refusal_of_open(const Situation& now, std::uint32_t rule, std::uint32_t gate,
                           std::uint32_t item) {
  const DropReason reason = refusal_beside_condition(now, now.index.gate(gate));
  if (reason != DropReason::kNone) return reason;
  if (!holds(now.index, now.index.requirements[rule], now.basket, now.lane))
    return DropReason::kCondition;
  return item == kNoId ? DropReason::kNone : refusal_of_item(now, rule, gate, item);
}

bool outlives_additions(const RuleIndex& index, std::uint32_t rule, std::uint32_t gate) {
  // No more than the presence of terms.
  if (gate == 0 || (gate & kGateKind) == kGateIsHeldTerm) return true;
  const std::uint32_t id = index.gate(gate).checks;
  if (id != kNoId) {
    // A new line may be the first trigger with a class, or with a price.
    const OfferChecks& checks = index.checks[id];
    if (checks.is_class_guarded || checks.max_price_ratio_millionths > 0) return false;
  }
  return stays_with_more(index, index.requirements[rule]);
}

}  // namespace xsell::rules

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

bool is_of_trigger_class(const Situation& now, const RuleDetail& rule, std::uint32_t item) {
  const std::uint32_t item_class = now.index.items.item_class[item];
  if (item_class == kNoId || now.basket.class_quantity(item_class) <= 0) return false;
  for (const BasketLine& line : now.basket.lines()) {
    if (line.is_voided || line.item == kNoId) continue;
    if (now.index.items.item_class[line.item] != item_class) continue;
    if (is_trigger(now.index, rule, now.basket, line)) return true;
  }
  return false;
}

// Against the dearest trigger, so that the order of the lines does not matter.
bool is_over_price_ratio(const Situation& now, const RuleDetail& rule, std::uint32_t item,
                         std::int64_t ratio_millionths) {
  const std::int64_t price = now.index.items.price_minor[item];
  if (price < 0) return false;
  std::int64_t dearest = -1;
  for (const BasketLine& line : now.basket.lines()) {
    if (line.is_voided || line.unit_price_minor <= dearest) continue;
    if (is_trigger(now.index, rule, now.basket, line)) dearest = line.unit_price_minor;
  }
  // Prices are below 2^31 and ratios below 2^31 millionths, so neither product overflows.
  return dearest >= 0 && price * 1'000'000 > dearest * ratio_millionths;
}

}  // namespace

DropReason refusal_of_gate(const Situation& now, std::uint32_t id) {
  if (id == 0) return DropReason::kNone;
  const Gate& gate = now.index.gates[id];
  if (gate.schedule != kNoId &&
      !now.index.schedules[gate.schedule].is_open(now.lane.local_time_s)) {
    return DropReason::kTime;
  }
  if (gate.audience != kNoId) {
    const DropReason reason = refusal_of(now.index.audiences[gate.audience], now.lane);
    if (reason != DropReason::kNone) return reason;
  }
  if (gate.condition != kNoId && !holds(now.index, gate.condition, now.basket, now.lane)) {
    return DropReason::kCondition;
  }
  return DropReason::kNone;
}

DropReason refusal_of_item(const Situation& now, const OfferDetail& offer, std::uint32_t item) {
  if (now.basket.product_quantity(now.index.items.product[item]) > 0) return DropReason::kInBasket;
  const std::uint32_t id = now.index.gates[offer.gate].checks;
  const OfferChecks none;
  const OfferChecks& checks = id == kNoId ? none : now.index.checks[id];
  if (is_out_of_stock(now, item, checks.on_hand_min_milli)) return DropReason::kOutOfStock;
  if (is_under_age(now, std::max(checks.customer_age, now.index.items.minimum_age[item]))) {
    return DropReason::kUnderAge;
  }
  if (checks.operator_age > now.lane.operator_age) return DropReason::kUnderAge;
  if (id == kNoId) return DropReason::kNone;
  const RuleDetail& rule = now.index.rules[offer.rule];
  if (checks.max_price_ratio_millionths > 0 &&
      is_over_price_ratio(now, rule, item, checks.max_price_ratio_millionths)) {
    return DropReason::kPriceRatio;
  }
  if (checks.is_class_guarded && is_of_trigger_class(now, rule, item))
    return DropReason::kSameClass;
  return DropReason::kNone;
}

DropReason refusal_of_mined_item(const Situation& now, std::uint32_t item) {
  if (now.basket.product_quantity(now.index.items.product[item]) > 0) return DropReason::kInBasket;
  if (is_out_of_stock(now, item, 0)) return DropReason::kOutOfStock;
  if (is_under_age(now, now.index.items.minimum_age[item])) return DropReason::kUnderAge;
  return DropReason::kNone;
}

std::uint32_t choose_item(const Situation& now, const OfferDetail& offer,
                          std::span<const std::uint32_t> taken, DropReason& reason) {
  const auto is_taken = [&](std::uint32_t item) {
    return std::find(taken.begin(), taken.end(), now.index.items.product[item]) != taken.end();
  };
  if (offer.item != kNoId) {
    reason =
        is_taken(offer.item) ? DropReason::kOutranked : refusal_of_item(now, offer, offer.item);
    return reason == DropReason::kNone ? offer.item : kNoId;
  }
  const auto list = now.index.target_lists.of(offer.list);
  reason = DropReason::kUnknownTarget;
  const std::size_t first = offer.is_rotating && !list.empty() ? now.rotation % list.size() : 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint32_t item = list[(first + i) % list.size()];
    reason = is_taken(item) ? DropReason::kOutranked : refusal_of_item(now, offer, item);
    if (reason == DropReason::kNone) return item;
  }
  return kNoId;
}

DropReason refusal_of_open(const Situation& now, const OfferDetail& offer, std::uint32_t item) {
  const DropReason reason = refusal_of_gate(now, offer.gate);
  if (reason != DropReason::kNone) return reason;
  if (!holds(now.index, now.index.rules[offer.rule], now.basket, now.lane))
    return DropReason::kCondition;
  return item == kNoId ? DropReason::kNone : refusal_of_item(now, offer, item);
}

}  // namespace xsell::rules
